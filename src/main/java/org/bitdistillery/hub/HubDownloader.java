package org.bitdistillery.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bitdistillery.analysis.Units;
import org.bitdistillery.config.InvalidInput;
import org.bitdistillery.model.ConfigJson;
import org.bitdistillery.platform.AtomicFiles;
import org.bitdistillery.tensorfile.Pickle;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Downloads models into the shared cache: first a plan with sizes, then the files that are missing.
public final class HubDownloader implements AutoCloseable {

    private static final int LARGEST_LISTING = 32 << 20;
    private static final int LARGEST_CONFIG = 4 << 20;
    /// What a download leaves free on the disk.
    private static final long RESERVE = 64L << 20;

    private final HubPlaces places;
    private final Patience patience;
    private final HubHttp http;
    private final Replies replies;

    /// @param environment tells of proxies
    /// @throws InvalidInput where downloads are switched off, or token or proxy are none
    public HubDownloader(HubPlaces places, Map<String, String> environment) {
        this(places, environment, Patience.USUAL);
    }

    HubDownloader(HubPlaces places, Map<String, String> environment, Patience patience) {
        if (places.offline()) {
            throw new InvalidInput("HF_HUB_OFFLINE is set, so nothing is downloaded. Unset it, or use a model that is on this machine.");
        }
        this.places = places;
        this.patience = patience;
        http = new HubHttp(places, environment, patience);
        replies = new Replies(places.endpoint().toString(), http.server(), http.hasToken());
    }

    /// Finds out what there is to download, and whether this program will be able to use it.
    ///
    /// @throws InvalidInput where the model is not there, may not be read, or holds nothing that is safe to fetch
    public DownloadPlan plan(ModelName name, FileChoice choice, DownloadWatcher watcher) {
        URI address = http.address("api/models/" + path(name.id()) + "/revision/" + HubHttp.escape(name.revision()) + "?blobs=true");
        HubListing listing = HubListing.parse(fetch(address, LARGEST_LISTING, name, null, watcher), http.server(), name);
        List<HubFile> wanted = new ArrayList<>();
        List<DownloadPlan.Refused> refused = new ArrayList<>();
        for (HubFile file : listing.files()) {
            String refusal = FileChoice.refusal(file.path());
            if (choice.wants(file.path()) && refusal != null) {
                if (choice.names(file.path())) {
                    throw new InvalidInput(file.path() + " of " + name.id() + " is " + refusal + ". Choose safetensors files.");
                }
                refused.add(new DownloadPlan.Refused(file.path(), refusal));
            } else if (choice.wants(file.path())) {
                wanted.add(complete(file, listing.commit(), name, watcher));
            }
        }
        requireSomething(wanted, listing, name, choice);
        String concern = concern(wanted, listing.commit(), name, watcher);
        List<DownloadPlan.Item> items = wanted.stream()
                .map(file -> new DownloadPlan.Item(file, CacheWriter.presentBytes(places.cache(), name, listing.commit(), file))).toList();
        return new DownloadPlan(name.toString(), http.server(), listing.commit(), listing.license(), items, refused, concern,
                CacheWriter.freeBytes(places.cache()));
    }

    /// Fetches what is missing, and makes the snapshot.
    ///
    /// @return the folder of the model
    /// @throws InvalidInput      where the disk is too full, or the files do not arrive as promised
    /// @throws DownloadCancelled where the watcher no longer wants it; what has arrived is kept
    public Path download(DownloadPlan plan, DownloadWatcher watcher) {
        ModelName name = ModelName.parse(plan.model());
        try (CacheWriter writer = CacheWriter.open(places.cache(), name)) {
            requireSpace(plan, writer);
            Meter meter = new Meter(watcher, plan.size());
            BlobDownload blobs = new BlobDownload(http, replies, patience, watcher, name);
            for (DownloadPlan.Item item : plan.items()) {
                HubFile file = item.file();
                long present = CacheWriter.presentBytes(places.cache(), name, plan.commit(), file);
                meter.begin(file, present);
                boolean inSnapshot = CacheWriter.size(writer.snapshot(plan.commit()).resolve(file.path())) == file.size();
                if (!inSnapshot && CacheWriter.size(writer.blob(file)) != file.size()) {
                    blobs.fetch(file, address(file, plan.commit(), name), writer.incomplete(file), meter);
                    writer.finish(file);
                }
                writer.link(plan.commit(), file);
                meter.end();
            }
            writer.point(name.revision(), plan.commit());
            return writer.snapshot(plan.commit());
        }
    }

    private void requireSpace(DownloadPlan plan, CacheWriter writer) {
        long free = writer.freeBytes();
        if (plan.missingBytes() > 0 && plan.missingBytes() > free - RESERVE) {
            throw new InvalidInput("The disk of " + places.cache() + " has " + Units.bytes(free) + " free, " + plan.model() + " still needs "
                    + Units.bytes(plan.missingBytes()) + ". Free some space, or set HF_HUB_CACHE to a folder on another disk.");
        }
    }

    private static void requireSomething(List<HubFile> wanted, HubListing listing, ModelName name, FileChoice choice) {
        if (!choice.isUsual()) {
            if (wanted.isEmpty()) {
                throw new InvalidInput(name.id() + " has no file that the patterns choose and that may be fetched. It has: " + some(listing) + ".");
            }
            return;
        }
        boolean weights = wanted.stream().anyMatch(file -> file.path().endsWith(".safetensors"));
        if (!weights) {
            String pickle = listing.files().stream().map(HubFile::path).filter(Pickle::is).findFirst().orElse(null);
            throw new InvalidInput(pickle != null
                    ? name.id() + " keeps its weights in " + pickle + ", " + FileChoice.refusal(pickle)
                            + ", so they are not fetched. Look for a revision with safetensors (often refs/pr/1), or another model."
                    : name.id() + " has no weights in safetensors (model.safetensors) in its main folder. It has: " + some(listing) + ".");
        }
    }

    private static String some(HubListing listing) {
        List<String> names = listing.files().stream().map(HubFile::path).limit(6).toList();
        return names.isEmpty() ? "no files at all" : String.join(", ", names) + (listing.files().size() > names.size() ? ", …" : "");
    }

    /// Looks at the configuration before gigabytes are fetched.
    private String concern(List<HubFile> wanted, String commit, ModelName name, DownloadWatcher watcher) {
        HubFile config = wanted.stream().filter(file -> file.path().equals(ConfigJson.FILE)).findFirst().orElse(null);
        if (config == null || config.size() > LARGEST_CONFIG) {
            return null;
        }
        byte[] json = fetch(address(config, commit, name), LARGEST_CONFIG, name, config.path(), watcher);
        try {
            String code = ConfigJson.foreignCode(JsonMapper.shared().readTree(json));
            if (code != null) {
                throw new InvalidInput(name.id() + ": " + code);
            }
        } catch (JacksonException e) {
            return "config.json is not valid JSON, so this program will not be able to use the model.";
        }
        try {
            Path folder = Files.createTempDirectory("bitdistillery");
            try {
                Files.write(folder.resolve(ConfigJson.FILE), json);
                ConfigJson.read(folder);
                ConfigJson.readMode(folder);
                return null;
            } catch (InvalidInput e) {
                return e.getMessage().replace(folder + java.io.File.separator, "");
            } finally {
                AtomicFiles.deleteFolder(folder);
            }
        } catch (IOException e) {
            return null;
        }
    }

    /// Size and hash from the headers of the file itself, for servers whose listing leaves them out.
    private HubFile complete(HubFile file, String commit, ModelName name, DownloadWatcher watcher) {
        if (file.size() >= 0 && file.blobName() != null) {
            return file;
        }
        HubFile found = http.describe(address(file, commit, name), file.path(), watcher);
        if (found.size() < 0 || found.blobName() == null) {
            throw new HubException(http.server() + " tells neither size nor hash of " + file.path() + " of " + name.id()
                    + ", so that it could not be checked. Choose another server.");
        }
        return found;
    }

    private byte[] fetch(URI address, int limit, ModelName name, String file, DownloadWatcher watcher) {
        Attempts attempts = new Attempts(patience, watcher);
        while (true) {
            try {
                HttpResponse<InputStream> response = http.get(address, 0, watcher);
                try (BodyReader body = new BodyReader(response.body(), patience, watcher)) {
                    if (response.statusCode() == 200) {
                        byte[] content = body.readUpTo(limit);
                        if (content.length > limit) {
                            throw new HubException(http.server() + " sends more than " + Units.bytes(limit) + " where a small answer is expected."
                                    + " Choose another server.");
                        }
                        return content;
                    }
                    if (!replies.isTemporary(response)) {
                        throw replies.refusal(response, name, file);
                    }
                    attempts.failed(http.server() + " answers " + response.statusCode(),
                            replies.pauseAskedFor(response.headers(), Instant.now()), () -> replies.refusal(response, name, file));
                }
            } catch (IOException e) {
                attempts.failed(http.server() + ": " + Replies.reason(e), java.util.Optional.empty(), () -> replies.unreachable(e));
            }
        }
    }

    private URI address(HubFile file, String commit, ModelName name) {
        return http.address(path(name.id()) + "/resolve/" + commit + "/" + path(file.path()));
    }

    private static String path(String text) {
        return Stream.of(text.split("/")).map(HubHttp::escape).collect(java.util.stream.Collectors.joining("/"));
    }

    @Override
    public void close() {
        http.close();
    }
}
