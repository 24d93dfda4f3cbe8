#include "Kernels.hpp"
#include "TaskLosses.hpp"
#include <algorithm>
#include <c10/util/Exception.h>
#include <cmath>

using namespace apus;

void apus::checkMasks(const Head &head, const apus_truths &truths) {
    TORCH_CHECK(truths.windowCount == truths.count, truths.windowCount, " masks of ", truths.count, " targets");
    const Prototypes &map = head.prototypes;
    TORCH_CHECK(map.count() > 0, "prototypes without a cell");
    for (size_t i = 0; i < truths.windowCount; i++) {
        const apus_mask_window &w = truths.windows[i];
        const bool fits = w.left >= 0 && w.top >= 0 && w.width >= 0 && w.height >= 0 && w.offset >= 0
                          && int64_t(w.left) + w.width <= map.width && int64_t(w.top) + w.height <= map.height
                          && w.offset <= int64_t(truths.maskBytes)
                          && int64_t(w.width) * w.height <= int64_t(truths.maskBytes) - w.offset;
        TORCH_CHECK(fits, "the mask of target ", i, " is a window of ", w.width, "×", w.height, " at ", w.left, ", ",
                    w.top, " in a map of ", map.width, "×", map.height, ", its bytes ", w.offset, " on of ",
                    truths.maskBytes);
    }
}

/// The first cell whose centre is not before `edge`.
static int64_t firstCell(double edge, int64_t count) {
    return static_cast<int64_t>(std::clamp(std::ceil(edge - 0.5), 0.0, static_cast<double>(count)));
}

MaskCells::MaskCells(const Head &head, const Truth &truth) {
    const Prototypes &map = head.prototypes;
    const double x = map.width / head.imageWidth(), y = map.height / head.imageHeight();
    left = firstCell(truth.box.minX * x, map.width);
    right = firstCell(truth.box.maxX * x, map.width);
    top = firstCell(truth.box.minY * y, map.height);
    bottom = firstCell(truth.box.maxY * y, map.height);
    area = truth.turned.width * x * truth.turned.height * y;
}

namespace {

/// One row of a truth's mask over its cells: 1 inside the instance.
void fillRow(const apus_mask_window &window, const uint8_t *masks, const MaskCells &cells, int64_t y,
             std::vector<float> &row) {
    std::fill(row.begin(), row.end(), 0.0f);
    if (y < window.top || y >= window.top + window.height) return;
    const int64_t begin = std::max<int64_t>(cells.left, window.left);
    const int64_t end = std::min<int64_t>(cells.right, window.left + window.width);
    const uint8_t *bytes = masks + window.offset + (y - window.top) * window.width;
    for (int64_t x = begin; x < end; x++) row[x - cells.left] = bytes[x - window.left] != 0;
}

} // namespace

void apus::addMaskLoss(const ImageTask &task) {
    const Prototypes &map = task.head.prototypes;
    const int64_t channels = task.head.extras;
    std::vector<float> wanted, slopes;
    for (const Positive &positive : task.positives) {
        const Truth &truth = task.truths[positive.truth];
        const MaskCells cells(task.head, truth);
        const auto place = task.head.place(task.image, positive.anchor);
        float *gradient = ImageTask::row(task.gradients.extras, task, place, channels);
        wanted.resize(cells.width());
        slopes.resize(cells.width());
        double total = 0;
        for (int64_t y = cells.top; y < cells.bottom; y++) {
            fillRow(task.given.windows[truth.target], task.given.masks, cells, y, wanted);
            const int64_t offset = (task.image * map.count() + y * map.width + cells.left) * channels;
            total += kernels().maskRow({map.values + offset, place.extras, wanted.data(), slopes.data(),
                                        task.gradients.prototypes + offset, gradient, cells.width(), channels,
                                        static_cast<float>(task.weights.mask / cells.area)});
        }
        task.sums.mask += total / cells.area;
    }
}
