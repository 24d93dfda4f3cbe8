// From the handles of a head's maps to memory that the loss and the decoding read.
#pragma once
#include "Detection.hpp"
#include "Handle.hpp"

namespace apus {

using Maps = std::vector<at::Tensor>;

/// All maps of a head in one list: boxes of every level, scores, then the task's own and the prototypes.
Maps mapsOf(const apus_head &head);

/// float32 NHWC maps on the CPU, whatever the head gave.
Maps readable(const Maps &maps);

/// The head over readable maps in that order.
Head headOf(const Maps &maps, const apus_head &described);

/// Each image's truths, in pixels of the head's input.
std::vector<std::vector<Truth>> truthsOf(const Head &head, const apus_truths &truths);

using Assignment = std::vector<std::vector<Positive>>;

Assignment assignAll(const Head &head, const std::vector<std::vector<Truth>> &truths,
                     const apus_head_settings &settings);

} // namespace apus
