package org.bitdistillery.inference;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/// The machine's vector width, and the cut of matrices that suits every width.
///
/// A matrix is cut into panels of [#PANEL] rows, the last one filled up with zero rows; each row has lanes of its own, so that
/// nothing is ever summed across lanes and any number of columns works. Two panels make a unit of work. Neither depends on the
/// machine: vectors of 128, 256 and 512 bits go through the same bytes, in eight, four or two steps a panel.
final class Lanes {

    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /// 32-bit lanes of a vector.
    static final int COUNT = INTS.length();
    static final int PANEL = 32;
    static final int UNIT = 2 * PANEL;

    private Lanes() {
    }

    /// Units of work of a matrix.
    static int units(int rows) {
        return Math.ceilDiv(rows, UNIT);
    }

    /// Room that a buffer for `rows` outputs needs.
    static int padded(int rows) {
        return Math.multiplyExact(units(rows), UNIT);
    }
}
