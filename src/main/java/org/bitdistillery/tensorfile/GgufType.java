package org.bitdistillery.tensorfile;

/// Element types of GGUF tensors that this program reads, numbered as ggml does. A row's length must be a multiple of the block.
public enum GgufType {
    F32(0, 1, 4), F16(1, 1, 2), Q4_0(2, 32, 18), Q8_0(8, 32, 34), Q6_K(14, 256, 210), BF16(30, 1, 2),
    TQ1_0(34, 256, 54), TQ2_0(35, 256, 66),
    /// Of the fork that bitnet.cpp builds on: two bits a weight and 32 bytes behind all of them, which begin with the scale.
    I2_S(36, 128, 32);

    private static final int I2_S_TAIL = 32;

    private final int id;
    private final int block;
    private final int blockBytes;

    GgufType(int id, int block, int blockBytes) {
        this.id = id;
        this.block = block;
        this.blockBytes = blockBytes;
    }

    public int id() {
        return id;
    }

    /// Elements of a block.
    public int block() {
        return block;
    }

    public int blockBytes() {
        return blockBytes;
    }

    /// Bytes of a tensor.
    ///
    /// @param elements a multiple of the block
    public long bytes(long elements) {
        return elements / block * blockBytes + (this == I2_S ? I2_S_TAIL : 0);
    }

    /// The type with a number, or null.
    static GgufType of(int id) {
        for (GgufType type : values()) {
            if (type.id == id) {
                return type;
            }
        }
        return null;
    }
}
