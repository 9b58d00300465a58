package org.bitdistillery.data.template;

import java.util.HashMap;
import java.util.Map;

/// The variables that a part of a template sees: its own and those around it.
///
/// @param outer null for the outermost
record Scope(Scope outer, Map<String, Object> variables) {

    static Scope within(Scope outer) {
        return new Scope(outer, new HashMap<>());
    }

    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.variables.containsKey(name)) {
                return scope.variables.get(name);
            }
        }
        return new Values.Undefined(name);
    }

    void set(String name, Object value) {
        variables.put(name, value);
    }
}
