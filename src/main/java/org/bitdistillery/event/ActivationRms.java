package org.bitdistillery.event;

/// Size of the activations in front of one projection, over all tokens and channels that were looked at.
///
/// @param layer  counted from 0
/// @param site   `attention output` or `ffn down` and the like: the projection that reads them
/// @param before root mean square in the student without the norms of stage 1
/// @param after  the same with them
public record ActivationRms(int layer, String site, double before, double after) {}
