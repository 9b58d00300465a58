package org.bitdistillery.hub;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A web server on this machine that writes exactly the bytes that a test tells it to, right or wrong.
public final class TestServer implements AutoCloseable {

    /// Header names in small letters.
    public record Request(String method, String target, Map<String, String> headers) {

        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        /// First byte of a range that is asked for, or 0.
        int firstByte() {
            String range = header("range");
            return range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        }
    }

    public interface Handler {
        void answer(Request request, Answer answer) throws IOException;
    }

    /// Writes an answer; the connection is closed after it.
    public record Answer(OutputStream out) {

        public void head(int status, String... headers) throws IOException {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " X\r\nConnection: close\r\n");
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        }

        public void whole(int status, byte[] body, String... headers) throws IOException {
            String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
            all[headers.length] = "Content-Length: " + body.length;
            head(status, all);
            out.write(body);
        }

        public void empty(int status, String... headers) throws IOException {
            whole(status, new byte[0], headers);
        }
    }

    private final ServerSocket socket;
    private final Handler handler;
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    TestServer(Handler handler) throws IOException {
        this.handler = handler;
        socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread.ofVirtual().start(this::accept);
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    /// The same server by another name, which makes it another host.
    URI otherHost() {
        return URI.create("http://localhost:" + socket.getLocalPort());
    }

    List<Request> requests() {
        return requests;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            Request request = read(new BufferedInputStream(connection.getInputStream()));
            requests.add(request);
            OutputStream out = connection.getOutputStream();
            handler.answer(request, new Answer(out));
            out.flush();
        } catch (IOException e) {
            // The client went away, as tests of it do.
        }
    }

    private static Request read(InputStream in) throws IOException {
        String[] first = line(in).split(" ");
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        return new Request(first[0], first[1], headers);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("closed");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
