package org.bitdistillery.event;

/// A file of an export.
///
/// @param sha256 in hexadecimal
public record ExportedFile(String name, long bytes, String sha256) {}
