package org.bitdistillery.data.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Runs a template's nodes.
final class Renderer {

    private static final int DEEPEST_CALLS = 50;

    private enum Flow { ON, BREAK, CONTINUE }

    private final Budget budget = new Budget();
    private final Evaluator evaluator = new Evaluator(budget);
    private StringBuilder out = new StringBuilder();
    private int calls;

    private Renderer() {}

    static String render(List<Node> nodes, Map<String, Object> variables) {
        Renderer renderer = new Renderer();
        Scope scope = new Scope(new Scope(null, renderer.functions()), new HashMap<>());
        variables.forEach((name, value) -> scope.set(name, Values.of(value)));
        renderer.run(nodes, scope);
        return renderer.out.toString();
    }

    private Map<String, Object> functions() {
        Map<String, Object> functions = new HashMap<>();
        functions.put("range", (Values.Function) this::range);
        functions.put("namespace", (Values.Function) (_, named) -> new Values.Namespace(new LinkedHashMap<>(named)));
        functions.put("dict", (Values.Function) (_, named) -> new LinkedHashMap<Object, Object>(named));
        functions.put("raise_exception", (Values.Function) (positional, _) -> {
            throw new TemplateProblem("the template itself refuses: " + (positional.isEmpty() ? "" : Values.text(positional.getFirst())));
        });
        return functions;
    }

    private Object range(List<Object> positional, Map<String, Object> named) {
        Arguments arguments = new Arguments("the function range", positional, named);
        arguments.atMost(3);
        boolean single = positional.size() < 2;
        long from = single ? 0 : arguments.integer(0, "start", 0);
        long to = arguments.integer(single ? 0 : 1, "stop", 0);
        long step = arguments.integer(2, "step", 1);
        if (step == 0) {
            throw new TemplateProblem("range has the step 0");
        }
        budget.elements(Math.max(0, (to - from) / step));
        List<Object> numbers = new ArrayList<>();
        for (long i = from; step > 0 ? i < to : i > to; i += step) {
            numbers.add(i);
        }
        return numbers;
    }

    private Flow run(List<Node> nodes, Scope scope) {
        for (Node node : nodes) {
            Flow flow = run(node, scope);
            if (flow != Flow.ON) {
                return flow;
            }
        }
        return Flow.ON;
    }

    private Flow run(Node node, Scope scope) {
        budget.step();
        switch (node) {
            case Node.Data data -> write(data.text());
            case Node.Output output -> write(Values.text(evaluator.value(output.value(), scope)));
            case Node.If choice -> {
                for (Node.Branch branch : choice.branches()) {
                    if (branch.condition() == null || evaluator.holds(branch.condition(), scope)) {
                        return run(branch.body(), scope);
                    }
                }
            }
            case Node.For loop -> loop(loop, scope);
            case Node.Set set -> assign(set.targets(), evaluator.value(set.value(), scope), scope, set.line());
            case Node.SetAttribute set -> {
                if (!(scope.get(set.namespace()) instanceof Values.Namespace space)) {
                    throw new TemplateProblem(set.line(), "an attribute of " + set.namespace() + " is set, which is no namespace");
                }
                space.members().put(set.attribute(), evaluator.value(set.value(), scope));
            }
            case Node.SetBlock set -> scope.set(set.target(), captured(set.body(), Scope.within(scope)));
            case Node.Macro macro -> scope.set(macro.name(), (Values.Function) (positional, named) -> call(macro, scope, positional, named));
            case Node.Break _ -> {
                return Flow.BREAK;
            }
            case Node.Continue _ -> {
                return Flow.CONTINUE;
            }
        }
        return Flow.ON;
    }

    private void write(String text) {
        budget.text(text.length());
        if ((long) out.length() + text.length() > Budget.MOST_CHARACTERS) {
            budget.text(Budget.MOST_CHARACTERS + 1L);
        }
        out.append(text);
    }

    private String captured(List<Node> body, Scope scope) {
        StringBuilder outer = out;
        out = new StringBuilder();
        run(body, scope);
        String text = out.toString();
        out = outer;
        return text;
    }

    private static void assign(List<String> targets, Object value, Scope scope, int line) {
        if (targets.size() == 1) {
            scope.set(targets.getFirst(), value);
            return;
        }
        if (!(value instanceof List<?> parts) || parts.size() != targets.size()) {
            throw new TemplateProblem(line, "%s does not divide into %d variables".formatted(Values.kind(value), targets.size()));
        }
        for (int i = 0; i < targets.size(); i++) {
            scope.set(targets.get(i), parts.get(i));
        }
    }

    /// Each round has variables of its own; what is set inside is gone outside.
    private void loop(Node.For loop, Scope scope) {
        List<Object> elements;
        try {
            elements = Values.elements(evaluator.value(loop.over(), scope));
        } catch (TemplateProblem e) {
            throw e.getMessage().startsWith("line ") ? e : new TemplateProblem(loop.line(), e.getMessage());
        }
        budget.elements(elements.size());
        if (loop.condition() != null) {
            elements.removeIf(element -> {
                Scope round = Scope.within(scope);
                assign(loop.targets(), element, round, loop.line());
                return !evaluator.holds(loop.condition(), round);
            });
        }
        if (elements.isEmpty()) {
            run(loop.otherwise(), Scope.within(scope));
        }
        for (int i = 0; i < elements.size(); i++) {
            Scope round = Scope.within(scope);
            assign(loop.targets(), elements.get(i), round, loop.line());
            round.set("loop", state(elements, i));
            if (run(loop.body(), round) == Flow.BREAK) {
                return;
            }
        }
    }

    private static Map<Object, Object> state(List<Object> elements, int i) {
        Map<Object, Object> state = new HashMap<>();
        long size = elements.size();
        state.put("index", i + 1L);
        state.put("index0", (long) i);
        state.put("revindex", size - i);
        state.put("revindex0", size - i - 1);
        state.put("first", i == 0);
        state.put("last", i == size - 1);
        state.put("length", size);
        state.put("previtem", i == 0 ? new Values.Undefined("loop.previtem") : elements.get(i - 1));
        state.put("nextitem", i == size - 1 ? new Values.Undefined("loop.nextitem") : elements.get(i + 1));
        state.put("cycle", (Values.Function) (positional, _) -> positional.isEmpty() ? null : positional.get(i % positional.size()));
        return state;
    }

    private Object call(Node.Macro macro, Scope defined, List<Object> positional, Map<String, Object> named) {
        if (++calls > DEEPEST_CALLS) {
            throw new TemplateProblem(macro.line(), "macros call each other more than " + DEEPEST_CALLS + " deep");
        }
        Arguments arguments = new Arguments("the macro " + macro.name(), positional, named);
        arguments.atMost(macro.parameters().size(), macro.parameters().stream().map(Node.Parameter::name).toArray(String[]::new));
        Scope own = Scope.within(defined);
        for (int i = 0; i < macro.parameters().size(); i++) {
            Node.Parameter parameter = macro.parameters().get(i);
            Object missing = parameter.fallback() == null ? new Values.Undefined(parameter.name()) : evaluator.value(parameter.fallback(), own);
            own.set(parameter.name(), arguments.get(i, parameter.name(), missing));
        }
        String text = captured(macro.body(), own);
        calls--;
        return text;
    }
}
