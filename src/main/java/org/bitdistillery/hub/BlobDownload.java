package org.bitdistillery.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitdistillery.platform.AtomicFiles;

/// Fetches one file into `<blob>.incomplete`, going on where an earlier attempt ended, until it is whole and its hash is right.
final class BlobDownload {

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    private final HubHttp http;
    private final Replies replies;
    private final Patience patience;
    private final DownloadWatcher watcher;
    private final ModelName name;

    BlobDownload(HubHttp http, Replies replies, Patience patience, DownloadWatcher watcher, ModelName name) {
        this.http = http;
        this.replies = replies;
        this.patience = patience;
        this.watcher = watcher;
        this.name = name;
    }

    /// @param incomplete where the bytes go; may hold the beginning already
    /// @throws HubException where the file does not arrive, or not as promised
    void fetch(HubFile file, URI address, Path incomplete, Meter meter) {
        boolean resumed = CacheWriter.size(incomplete) > 0;
        transfer(file, address, incomplete, meter);
        if (!FileHash.matches(incomplete, file, watcher)) {
            delete(incomplete);
            if (!resumed) {
                throw wrongHash(file);
            }
            watcher.noted(file.path() + " is not what was promised, perhaps because of what an earlier download left; it is fetched anew.");
            transfer(file, address, incomplete, meter);
            if (!FileHash.matches(incomplete, file, watcher)) {
                delete(incomplete);
                throw wrongHash(file);
            }
        }
    }

    private void transfer(HubFile file, URI address, Path incomplete, Meter meter) {
        Attempts attempts = new Attempts(patience, watcher);
        try (FileChannel target = FileChannel.open(incomplete, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (target.size() > file.size()) {
                target.truncate(0);
            }
            while (target.size() < file.size()) {
                attempt(file, address, target, meter, attempts);
            }
            target.force(true);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(incomplete, e);
        }
    }

    /// One request. What it brings stays, also where the connection breaks.
    ///
    /// @throws IOException where the file cannot be written
    private void attempt(HubFile file, URI address, FileChannel target, Meter meter, Attempts attempts) throws IOException {
        long have = target.size();
        try {
            HttpResponse<InputStream> response = http.get(address, have, watcher);
            try (BodyReader body = new BodyReader(response.body(), patience, watcher)) {
                if (response.statusCode() == 416) {
                    target.truncate(0);
                    attempts.failed(http.server() + " does not know the rest of " + file.path(), Optional.empty(), () -> lie(file));
                    return;
                }
                if (response.statusCode() != 200 && response.statusCode() != 206) {
                    refused(response, file, attempts);
                    return;
                }
                long start = response.statusCode() == 206 ? rangeStart(response, file, have) : 0;
                requireLength(response, file, start);
                target.truncate(start);
                meter.at(start);
                copy(body, target, file, meter, attempts);
            }
        } catch (FileTrouble e) {
            throw e.getCause();
        } catch (IOException e) {
            attempts.failed(http.server() + ": " + Replies.reason(e) + " after " + count(target.size()) + " of " + count(file.size())
                    + " bytes of " + file.path(), Optional.empty(), () -> broken(file, target, e));
        }
    }

    private void refused(HttpResponse<?> response, HubFile file, Attempts attempts) {
        if (!replies.isTemporary(response)) {
            throw replies.refusal(response, name, file.path());
        }
        attempts.failed(http.server() + " answers " + response.statusCode() + " for " + file.path(),
                replies.pauseAskedFor(response.headers(), Instant.now()), () -> replies.refusal(response, name, file.path()));
    }

    private void copy(BodyReader body, FileChannel target, HubFile file, Meter meter, Attempts attempts) throws IOException {
        byte[] buffer = new byte[1 << 16];
        target.position(target.size());
        for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
            if (target.size() + count > file.size()) {
                target.truncate(0);
                throw new HubException(http.server() + " sends more than the " + count(file.size()) + " bytes of " + file.path()
                        + " that it promised. What came was deleted: try again later, or choose another server.");
            }
            write(target, ByteBuffer.wrap(buffer, 0, count));
            meter.arrived(count);
            attempts.progressed();
        }
        if (target.size() < file.size()) {
            throw new IOException("the body ended early");
        }
    }

    /// Where the answer to a request for the rest begins.
    private long rangeStart(HttpResponse<?> response, HubFile file, long asked) {
        Matcher range = CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
        boolean total = range.matches() && (range.group(3).equals("*") || Long.parseLong(range.group(3)) == file.size());
        if (!total || Long.parseLong(range.group(1)) != asked) {
            throw lie(file);
        }
        return asked;
    }

    private void requireLength(HttpResponse<?> response, HubFile file, long start) {
        long announced = response.headers().firstValueAsLong("Content-Length").orElse(-1);
        if (announced >= 0 && announced != file.size() - start) {
            throw lie(file);
        }
    }

    private static void write(FileChannel target, ByteBuffer bytes) throws FileTrouble {
        try {
            while (bytes.hasRemaining()) {
                target.write(bytes);
            }
        } catch (IOException e) {
            throw new FileTrouble(e);
        }
    }

    private HubException lie(HubFile file) {
        return new HubException(http.server() + " promised " + count(file.size()) + " bytes of " + file.path()
                + " and now announces another length. Try again later, or choose another server.");
    }

    private HubException broken(HubFile file, FileChannel target, IOException cause) {
        long have = size(target);
        if (have == 0) {
            return replies.unreachable(cause);
        }
        return new HubException("The connection to " + http.server() + " broke after " + count(have) + " of " + count(file.size()) + " bytes of "
                + file.path() + " and did not come back. Download again: it goes on from there.", cause);
    }

    private HubException wrongHash(HubFile file) {
        String kind = file.sha256() != null ? "SHA-256" : "git id";
        return new HubException(file.path() + " of " + name.id() + " arrived with another " + kind + " than " + http.server()
                + " promises, and was deleted. Download it again; where that repeats, something between you and the server changes files.");
    }

    private static long size(FileChannel file) {
        try {
            return file.size();
        } catch (IOException e) {
            return 0;
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(file, e);
        }
    }

    private static String count(long bytes) {
        return String.format(Locale.ROOT, "%,d", bytes);
    }

    /// The disk's trouble, told apart from the network's.
    private static final class FileTrouble extends IOException {

        FileTrouble(IOException cause) {
            super(cause);
        }

        @Override
        public synchronized IOException getCause() {
            return (IOException) super.getCause();
        }
    }
}
