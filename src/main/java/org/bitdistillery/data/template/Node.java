package org.bitdistillery.data.template;

import java.util.List;

/// A part of a template that writes text or does something.
sealed interface Node {

    record Data(String text) implements Node {}

    record Output(Expression value) implements Node {}

    /// The first branch whose condition holds; that of an `else` has none.
    record If(List<Branch> branches) implements Node {}

    record Branch(Expression condition, List<Node> body) {}

    /// @param condition null where every element counts
    record For(List<String> targets, Expression over, Expression condition, List<Node> body, List<Node> otherwise, int line) implements Node {}

    record Set(List<String> targets, Expression value, int line) implements Node {}

    record SetAttribute(String namespace, String attribute, Expression value, int line) implements Node {}

    record SetBlock(String target, List<Node> body) implements Node {}

    record Macro(String name, List<Parameter> parameters, List<Node> body, int line) implements Node {}

    /// @param fallback null where the parameter has to be given
    record Parameter(String name, Expression fallback) {}

    record Break() implements Node {}

    record Continue() implements Node {}
}
