package org.bitdistillery.event;

/// How far a student's attention relations are from its teacher's in one layer, before distillation.
///
/// @param layer        of the student, counted from 0
/// @param teacherLayer the layer that it is compared with
/// @param distance     unweighted `L_AD` in nats
public record LayerAdvice(int layer, int teacherLayer, double distance) {}
