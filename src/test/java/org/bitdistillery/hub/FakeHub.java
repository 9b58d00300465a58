package org.bitdistillery.hub;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitdistillery.hub.TestServer.Answer;
import org.bitdistillery.hub.TestServer.Handler;
import org.bitdistillery.hub.TestServer.Request;

/// A model hub as far as a download sees it, with the model `org/small`. Large files are answered by a redirect to a host of
/// their own, as the real one does. A test can put its own answers in front of the right ones.
public final class FakeHub implements AutoCloseable {

    public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String API = "/api/models/org/small/revision/";
    private static final String RESOLVE = "/org/small/resolve/" + COMMIT + "/";
    private static final String CDN = "/cdn/";

    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final Map<String, Deque<Handler>> answers = new LinkedHashMap<>();
    private final TestServer server;
    private boolean listsHashes = true;

    public FakeHub() throws IOException {
        SmallModels.FILES.forEach(name -> files.put(name, SmallModels.content(name)));
        files.put("README.md", "---\nlicense: apache-2.0\n---\n".getBytes(StandardCharsets.UTF_8));
        server = new TestServer(this::answer);
    }

    public URI address() {
        return server.address();
    }

    TestServer server() {
        return server;
    }

    public void put(String path, String content) {
        files.put(path, content.getBytes(StandardCharsets.UTF_8));
    }

    void remove(String path) {
        files.remove(path);
    }

    public byte[] content(String path) {
        return files.get(path);
    }

    /// As some mirrors do.
    void listNoHashes() {
        listsHashes = false;
    }

    /// The next answers to requests whose path ends so; then the right one again.
    public void next(String ending, Handler... handlers) {
        answers.computeIfAbsent(ending, _ -> new ArrayDeque<>()).addAll(List.of(handlers));
    }

    /// The same answer for ever.
    void always(String ending, Handler handler) {
        for (int i = 0; i < 100; i++) {
            next(ending, handler);
        }
    }

    public List<Request> requestsFor(String ending) {
        return server.requests().stream().filter(request -> path(request).endsWith(ending)).toList();
    }

    /// Answers from the first byte that is asked for.
    void rest(byte[] content, Request request, Answer answer) throws IOException {
        int from = request.firstByte();
        if (from == 0) {
            answer.whole(200, content);
        } else {
            answer.whole(206, Arrays.copyOfRange(content, from, content.length),
                    "Content-Range: bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
    }

    private void answer(Request request, Answer answer) throws IOException {
        String path = path(request);
        for (Map.Entry<String, Deque<Handler>> entry : answers.entrySet()) {
            if (path.endsWith(entry.getKey()) && !entry.getValue().isEmpty()) {
                entry.getValue().poll().answer(request, answer);
                return;
            }
        }
        if (path.startsWith(API)) {
            answer.whole(200, listing().getBytes(StandardCharsets.UTF_8));
        } else if (path.startsWith(RESOLVE) && files.containsKey(path.substring(RESOLVE.length()))) {
            resolve(path.substring(RESOLVE.length()), request, answer);
        } else if (path.startsWith(CDN)) {
            rest(files.get(path.substring(CDN.length())), request, answer);
        } else {
            answer.empty(404, "X-Error-Code: RepoNotFound");
        }
    }

    private void resolve(String file, Request request, Answer answer) throws IOException {
        byte[] content = files.get(file);
        if (isLarge(file)) {
            answer.empty(302, "Location: " + server.otherHost() + CDN + file, "X-Linked-Size: " + content.length,
                    "X-Linked-Etag: \"" + sha256(content) + "\"");
        } else if (request.method().equals("HEAD")) {
            answer.head(200, "Content-Length: " + content.length, "ETag: \"" + gitId(content) + "\"");
        } else {
            rest(content, request, answer);
        }
    }

    private String listing() {
        StringBuilder siblings = new StringBuilder();
        files.forEach((path, content) -> {
            siblings.append(siblings.isEmpty() ? "" : ",").append("{\"rfilename\": \"").append(path.replace("\\", "\\\\")).append('"');
            if (listsHashes) {
                siblings.append(", \"size\": ").append(content.length).append(", \"blobId\": \"").append(gitId(content)).append('"');
            }
            if (listsHashes && isLarge(path)) {
                siblings.append(", \"lfs\": {\"sha256\": \"").append(sha256(content)).append("\", \"size\": ").append(content.length)
                        .append(", \"pointerSize\": 134}");
            }
            siblings.append('}');
        });
        return "{\"id\": \"org/small\", \"sha\": \"" + COMMIT + "\", \"cardData\": {\"license\": \"apache-2.0\"}, \"siblings\": [" + siblings + "]}";
    }

    private static boolean isLarge(String path) {
        return path.endsWith(".safetensors") || path.endsWith(".bin");
    }

    private static String path(Request request) {
        return URLDecoder.decode(request.target().replaceFirst("\\?.*", ""), StandardCharsets.UTF_8);
    }

    static String sha256(byte[] content) {
        return hash("SHA-256", content);
    }

    /// What `git hash-object` prints.
    static String gitId(byte[] content) {
        byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, all, head.length, content.length);
        return hash("SHA-1", all);
    }

    private static String hash(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
