package org.bitdistillery.tensorfile;

/// Element types of tensor files, named as safetensors spells them.
public enum DType {
    F64(8), F32(4), F16(2), BF16(2), I64(8), I32(4), I16(2), I8(1), U8(1), BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /// Whether the weights of a model can be of this type.
    public boolean isWeight() {
        return this == F32 || this == F16 || this == BF16;
    }

    /// Bytes of one element.
    public int bytes() {
        return bytes;
    }
}
