package org.bitdistillery.data.template;

import java.util.List;
import java.util.Map;

/// Something in a template that has a value.
sealed interface Expression {

    /// For messages.
    int line();

    record Literal(Object value, int line) implements Expression {}

    record Name(String name, int line) implements Expression {}

    /// A list, or a tuple, which is one that shows itself in parentheses.
    record Sequence(List<Expression> items, boolean tuple, int line) implements Expression {}

    record Mapping(List<Map.Entry<Expression, Expression>> entries, int line) implements Expression {}

    record Attribute(Expression of, String name, int line) implements Expression {}

    record Item(Expression of, Expression key, int line) implements Expression {}

    /// Each bound may be null.
    record Slice(Expression of, Expression from, Expression to, Expression step, int line) implements Expression {}

    record Call(Expression function, Arguments arguments, int line) implements Expression {}

    record Filter(Expression of, String name, Arguments arguments, int line) implements Expression {}

    record Test(Expression of, String name, List<Expression> arguments, int line) implements Expression {}

    record Not(Expression of, int line) implements Expression {}

    record Negative(Expression of, int line) implements Expression {}

    record And(Expression left, Expression right, int line) implements Expression {}

    record Or(Expression left, Expression right, int line) implements Expression {}

    /// `a < b <= c`: operator i stands between operands i and i + 1.
    record Comparison(List<Expression> operands, List<String> operators, int line) implements Expression {}

    record Arithmetic(String operator, Expression left, Expression right, int line) implements Expression {}

    /// @param otherwise null where there is no `else`
    record Choice(Expression condition, Expression then, Expression otherwise, int line) implements Expression {}

    record Arguments(List<Expression> positional, Map<String, Expression> named) {
        static final Arguments NONE = new Arguments(List.of(), Map.of());
    }
}
