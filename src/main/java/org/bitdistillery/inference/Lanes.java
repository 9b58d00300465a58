package org.bitdistillery.inference;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/// The machine's vector width, and the layout of matrices that follows from it.
///
/// A matrix is cut into panels of [#PANEL] rows. Lane `j` of an int vector carries row `j` in its low half and row
/// `j + COUNT` in its high half, so that each row has a lane of its own: nothing is ever summed across lanes and any number
/// of columns works. Two panels make a unit of work, the last one is filled up with zero rows.
final class Lanes {

    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

    /// 32-bit lanes of a vector.
    static final int COUNT = INTS.length();
    static final int PANEL = 2 * COUNT;
    static final int UNIT = 2 * PANEL;

    private Lanes() {
    }

    /// Units of work of a matrix.
    static int units(int rows) {
        return Math.ceilDiv(rows, UNIT);
    }

    /// Room that a buffer for `rows` outputs needs.
    static int padded(int rows) {
        return units(rows) * UNIT;
    }
}
