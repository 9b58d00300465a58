package org.bitdistillery.ui;

import java.util.function.Supplier;
import javafx.scene.Node;
import org.kordamp.ikonli.feather.Feather;

/// A place of the window that the bar at its left edge leads to.
///
/// @param key     names it in the scene: its button is `#page-<key>`
/// @param title   one short word
/// @param content made when the page is first shown
public record Page(String key, String title, Feather icon, String help, Supplier<Node> content) {}
