// What losses and normalizations ask of the group of processes that trains one model.
#pragma once
#include "CApusTorch.h"
#include <cstddef>

namespace apus {

/// The group whose members each compute a part of the calling thread's batch, or NULL where there is one process.
apus_process_group_object *joinedGroup() noexcept;

/// Where the calling thread computes a batch in pieces, replaces each value by its sum over them.
void sumOverPieces(double *values, size_t count) noexcept;

/// Replaces each value by its sum over the group's processes, or over a batch's pieces; nothing where there are none.
/// Where processes have lost each other the values mean nothing: computing goes on, and the group's next operation that
/// can fail says why.
void sumOver(apus_process_group_object *group, double *values, size_t count) noexcept;

} // namespace apus
