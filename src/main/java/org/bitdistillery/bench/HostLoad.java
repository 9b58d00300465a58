package org.bitdistillery.bench;

import java.util.List;

/// What else used the processor while something was measured.
///
/// @param seconds     how long was watched
/// @param othersShare share of all cores that was neither idle nor the measured process, 0..1, or -1 where the operating
///                    system does not tell
/// @param programs    who that was, the largest first; what cannot be seen from here (other containers, the hypervisor) is
///                    called [#UNSEEN]
public record HostLoad(double seconds, double othersShare, List<Program> programs) {

    public static final String UNSEEN = "not visible from here";

    /// @param share of all cores, 0..1
    public record Program(String name, double share) {}

    public HostLoad {
        programs = List.copyOf(programs);
    }
}
