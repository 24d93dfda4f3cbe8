#include "HeadMaps.hpp"
#include "Parallel.hpp"
#include <cmath>

using namespace apus;

Maps apus::mapsOf(const apus_head &head) {
    TORCH_CHECK(head.levels > 0, "a head has one level at least");
    Maps maps = retained(head.boxes, head.levels);
    const Maps scores = retained(head.scores, head.levels);
    maps.insert(maps.end(), scores.begin(), scores.end());
    if (head.task != APUS_DETECT) {
        TORCH_CHECK(head.extras, "the head of this task has maps of its own");
        const Maps extras = retained(head.extras, head.levels);
        maps.insert(maps.end(), extras.begin(), extras.end());
    }
    if (head.task == APUS_SEGMENT) {
        TORCH_CHECK(head.prototypes, "a segmenting head has prototypes");
        maps.push_back(retained(head.prototypes));
    }
    return maps;
}

Maps apus::readable(const Maps &maps) {
    Maps result;
    for (const auto &map : maps) {
        TORCH_CHECK(map.dim() == 4, "a head map is [B, C, H, W], not ", map.sizes());
        result.push_back(map.detach().to(at::kCPU, at::kFloat).contiguous(at::MemoryFormat::ChannelsLast));
    }
    return result;
}

static void addPrototypes(Head &head, const at::Tensor &map) {
    TORCH_CHECK(map.size(0) == head.batch && map.size(1) == head.extras, "the prototypes are ", map.sizes(), " for ",
                head.extras, " coefficients of ", head.batch, " images");
    head.prototypes = {map.const_data_ptr<float>(), map.size(2), map.size(3)};
}

Head apus::headOf(const Maps &maps, const apus_head &described) {
    const size_t levels = described.levels;
    const bool hasExtras = described.task != APUS_DETECT;
    Head head{{}, maps[0].size(0), maps[0].size(1) / 4, maps[levels].size(1), 0, described.task,
              hasExtras ? maps[2 * levels].size(1) : 0, {}};
    TORCH_CHECK(head.task != APUS_POSE || (head.extras > 0 && head.extras % 3 == 0), "a pose head has 3 maps a keypoint, not ",
                head.extras);
    TORCH_CHECK(head.task != APUS_OBB || head.extras == 1, "an oriented head has one angle map, not ", head.extras);
    for (size_t i = 0; i < levels; i++) {
        const auto &b = maps[i], &s = maps[levels + i], &e = hasExtras ? maps[2 * levels + i] : s;
        TORCH_CHECK(b.size(0) == head.batch && s.size(0) == head.batch && b.size(1) == 4 * head.bins
                        && s.size(1) == head.classes && b.size(2) == s.size(2) && b.size(3) == s.size(3),
                    "the maps of level ", i, " disagree: ", b.sizes(), " and ", s.sizes());
        TORCH_CHECK(!hasExtras || (e.size(0) == head.batch && e.size(1) == head.extras && e.size(2) == b.size(2)
                                   && e.size(3) == b.size(3)),
                    "the maps of level ", i, " disagree: ", b.sizes(), " and ", e.sizes());
        head.levels.push_back({b.const_data_ptr<float>(), s.const_data_ptr<float>(),
                               hasExtras ? e.const_data_ptr<float>() : nullptr, b.size(2), b.size(3),
                               described.strides[i], head.anchors});
        head.anchors += b.size(2) * b.size(3);
    }
    if (head.task == APUS_SEGMENT) addPrototypes(head, maps.back());
    return head;
}

/// The smallest box along the axes around a turned one.
static Corners around(const Turned<double> &box) {
    const double c = std::abs(std::cos(box.angle)), s = std::abs(std::sin(box.angle));
    const double w = (box.width * c + box.height * s) / 2, h = (box.width * s + box.height * c) / 2;
    return {box.x - w, box.y - h, box.x + w, box.y + h};
}

std::vector<std::vector<Truth>> apus::truthsOf(const Head &head, const apus_truths &given) {
    std::vector<std::vector<Truth>> truths(head.batch);
    const double width = head.imageWidth(), height = head.imageHeight();
    for (size_t i = 0; i < given.count; i++) {
        const apus_target &t = given.targets[i];
        TORCH_CHECK(t.image >= 0 && t.image < head.batch, "target ", i, " is of image ", t.image, " of ", head.batch);
        TORCH_CHECK(t.label >= 0 && t.label < head.classes, "target ", i, " has label ", t.label, " of ", head.classes);
        const double x = t.centerX * width, y = t.centerY * height, w = t.width * width / 2, h = t.height * height / 2;
        Truth truth{static_cast<int32_t>(i), t.label, {x - w, y - h, x + w, y + h}, {x, y, 2 * w, 2 * h, t.angle}};
        if (head.task == APUS_OBB) truth.box = around(truth.turned);
        truths[t.image].push_back(truth);
    }
    return truths;
}

Assignment apus::assignAll(const Head &head, const std::vector<std::vector<Truth>> &truths,
                           const apus_head_settings &settings) {
    Assignment assignment(head.batch);
    parallelParts(head.batch, [&](int64_t image) { assignment[image] = assign(head, image, truths[image], settings); });
    return assignment;
}
