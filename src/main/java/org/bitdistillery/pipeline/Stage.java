package org.bitdistillery.pipeline;

import org.bitdistillery.event.StageId;

/// One step of a run. A stage reads what earlier ones left in the run folder, leaves its own result there and returns what
/// is to be remembered of it. A stage that is interrupted starts again, from its last checkpoint if it trains.
interface Stage {

    StageId id();

    /// Whether the configuration has this stage switched on.
    boolean isEnabled(RunContext context);

    Work work(RunContext context);

    /// @return what `stages/<key>.json` keeps of this stage
    /// @throws RunStoppedException                    where the user stopped the run
    /// @throws org.bitdistillery.config.InvalidInput where something that the user gave stands in the way
    StageResult run(RunContext context);

    /// What a stage will do.
    ///
    /// @param steps  optimizer steps; 0 where the stage does not train
    /// @param flops  estimated floating-point operations, to weigh stages against each other
    /// @param detail one line for people
    record Work(long steps, double flops, String detail) {}
}
