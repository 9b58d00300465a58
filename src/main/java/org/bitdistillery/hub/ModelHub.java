package org.bitdistillery.hub;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.bitdistillery.model.Architecture;
import org.bitdistillery.platform.SettingsFile;

/// The user's models and where more of them come from, as command line and window use them.
public final class ModelHub {

    private static final Path RUNS = Path.of("runs");

    private final SettingsFile settings;
    private final Map<String, String> environment;
    private final Path home;
    private final Path runs;
    private final Function<Architecture, DistillNeed> training;

    /// One that does not know what training takes.
    public ModelHub(SettingsFile settings, Map<String, String> environment, Path home, Path runs) {
        this(settings, environment, home, runs, _ -> DistillNeed.UNKNOWN);
    }

    /// @param environment variables such as `HF_HOME`
    /// @param home        the user's home folder
    /// @param training    what distilling a model of this shape takes
    public ModelHub(
            SettingsFile settings, Map<String, String> environment, Path home, Path runs, Function<Architecture, DistillNeed> training) {
        this.settings = settings;
        this.environment = environment;
        this.home = home;
        this.runs = runs;
        this.training = training;
    }

    /// That of the user who runs this program.
    public static ModelHub ofUser(Function<Architecture, DistillNeed> training) {
        return new ModelHub(SettingsFile.ofUser(), System.getenv(), Path.of(System.getProperty("user.home")), RUNS, training);
    }

    /// @throws org.bitdistillery.config.InvalidInput where a variable or a setting holds something impossible
    public HubPlaces places() {
        return HubPlaces.of(environment, home, settings.read().hubEndpoint());
    }

    public ModelLibrary library() {
        return new ModelLibrary(settings, new HubCache(places().cache()), runs, training);
    }

    /// Opens the way to the hub, or to another server.
    ///
    /// @param endpoint address of another server; empty for the one that is set
    /// @throws org.bitdistillery.config.InvalidInput as [HubDownloader] does
    public HubDownloader downloader(String endpoint) {
        return new HubDownloader(endpoint.isBlank() ? places() : places().withEndpoint(endpoint), environment);
    }

    public SettingsFile settings() {
        return settings;
    }
}
