package org.bitdistillery.data.template;

import java.util.List;
import java.util.Map;

/// What a filter, a method or a function is called with.
///
/// @param what for messages: "the filter join"
record Arguments(String what, List<Object> positional, Map<String, Object> named) {

    /// By place or name.
    Object get(int place, String name, Object fallback) {
        return place < positional.size() ? positional.get(place) : named.getOrDefault(name, fallback);
    }

    Object required(int place, String name) {
        if (place >= positional.size() && !named.containsKey(name)) {
            throw new TemplateProblem(what + " lacks its argument " + name);
        }
        return get(place, name, null);
    }

    String text(int place, String name, String fallback) {
        Object value = get(place, name, fallback);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw new TemplateProblem("%s gets %s as %s where a text belongs".formatted(what, Values.kind(value), name));
    }

    int integer(int place, String name, int fallback) {
        return Values.integer(get(place, name, (long) fallback), what + "'s " + name);
    }

    /// Refuses what nobody would look at.
    void atMost(int places, String... names) {
        if (positional.size() > places) {
            throw new TemplateProblem(what + " gets more than " + places + " arguments");
        }
        for (String name : named.keySet()) {
            if (!List.of(names).contains(name)) {
                throw new TemplateProblem("the argument " + name + " of " + what + " is not supported");
            }
        }
    }
}
