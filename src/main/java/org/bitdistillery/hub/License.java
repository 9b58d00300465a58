package org.bitdistillery.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Under which terms a model may be used, as its files say: the front matter of the model card, else the license file.
public final class License {

    private static final int MOST_BYTES = 64 << 10;
    private static final List<String> FILES = List.of("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING");
    private static final int LONGEST = 80;

    /// Words in the head of a license file, and what the license is called in model cards.
    private static final Map<String, String> HEADS = heads();

    private License() {}

    public static Optional<String> of(Path folder) {
        return fromCard(folder.resolve("README.md"))
                .or(() -> FILES.stream().map(folder::resolve).filter(Files::isRegularFile).findFirst().flatMap(License::fromFile));
    }

    /// `license: apache-2.0`, a list of licenses, or `license: other` with a `license_name`.
    private static Optional<String> fromCard(Path card) {
        List<String> lines = head(card).lines().toList();
        if (lines.isEmpty() || !lines.getFirst().strip().equals("---")) {
            return Optional.empty();
        }
        List<String> front = lines.stream().skip(1).takeWhile(line -> !line.strip().equals("---")).toList();
        Optional<String> license = value(front, "license");
        boolean other = license.filter(text -> text.equals("other")).isPresent();
        return (other ? value(front, "license_name").or(() -> license) : license).map(License::shorten);
    }

    private static Optional<String> value(List<String> front, String key) {
        for (int i = 0; i < front.size(); i++) {
            if (front.get(i).startsWith(key + ":")) {
                String text = plain(front.get(i).substring(key.length() + 1));
                if (!text.isEmpty()) {
                    return Optional.of(text);
                }
                String list = String.join(", ", front.stream().skip(i + 1L).takeWhile(line -> line.strip().startsWith("- "))
                        .map(line -> plain(line.strip().substring(2))).toList());
                return list.isEmpty() ? Optional.empty() : Optional.of(list);
            }
        }
        return Optional.empty();
    }

    private static String plain(String yaml) {
        return yaml.strip().replaceAll("^[\\[\"']+|[\\]\"']+$", "").strip();
    }

    private static Optional<String> fromFile(Path file) {
        String head = head(file);
        String begin = head.substring(0, Math.min(head.length(), 2000)).replaceAll("\\s+", " ");
        return HEADS.entrySet().stream().filter(entry -> begin.contains(entry.getKey())).map(Map.Entry::getValue).findFirst()
                .or(() -> head.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst().map(License::shorten));
    }

    private static Map<String, String> heads() {
        Map<String, String> heads = new LinkedHashMap<>();
        heads.put("Apache License Version 2.0", "apache-2.0");
        heads.put("MIT License", "mit");
        heads.put("Permission is hereby granted, free of charge", "mit");
        heads.put("GNU LESSER GENERAL PUBLIC LICENSE Version 3", "lgpl-3.0");
        heads.put("GNU GENERAL PUBLIC LICENSE Version 3", "gpl-3.0");
        heads.put("GNU GENERAL PUBLIC LICENSE Version 2", "gpl-2.0");
        heads.put("Redistribution and use in source and binary forms", "bsd");
        return heads;
    }

    private static String head(Path file) {
        if (!Files.isRegularFile(file)) {
            return "";
        }
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private static String shorten(String text) {
        String clean = text.replaceAll("[\\p{Cntrl}]", " ").strip();
        return clean.length() <= LONGEST ? clean : clean.substring(0, LONGEST) + "…";
    }
}
