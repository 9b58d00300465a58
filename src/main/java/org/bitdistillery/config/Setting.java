package org.bitdistillery.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Describes one field of the configuration, once: form, file check, command line and help are generated from it.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

    String label();

    /// One sentence for people; may be empty.
    String help() default "";

    /// Unit behind the number, for example `tokens`.
    String unit() default "";

    double min() default Double.NEGATIVE_INFINITY;

    double max() default Double.POSITIVE_INFINITY;

    /// Shown only on request.
    boolean advanced() default false;

    /// A text that names a file or folder.
    PathKind path() default PathKind.NONE;

    enum PathKind { NONE, FILE, FOLDER }
}
