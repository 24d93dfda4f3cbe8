#include "guard.hpp"

#include <opencv2/imgproc.hpp>

#include <algorithm>

namespace {

/// Rows worked on at once, so that a strip stays in the cache through all three steps.
constexpr int stripRows = 16;

void mapStrip(const cv::Mat &from, cv::Mat to, cv::Mat hsv, const uint8_t *tables[3]) {
    cv::cvtColor(from, hsv, cv::COLOR_RGB2HSV);
    const size_t count = hsv.total();
    uint8_t *pixel = hsv.data;
    for (size_t index = 0; index < count; ++index, pixel += 3) {
        for (int channel = 0; channel < 3; ++channel) pixel[channel] = tables[channel][pixel[channel]];
    }
    cv::cvtColor(hsv, to, cv::COLOR_HSV2RGB);
}

}  // namespace

int32_t apus_cv_map_hsv(
    apus_cv_image source, apus_cv_image destination, const uint8_t *hue, const uint8_t *saturation,
    const uint8_t *value, uint8_t *scratch) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        CV_Assert(from.type() == CV_8UC3 && to.type() == CV_8UC3 && from.size() == to.size());
        const uint8_t *tables[3] = {hue, saturation, value};
        for (int row = 0; row < from.rows; row += stripRows) {
            const int end = std::min(row + stripRows, from.rows);
            const cv::Mat hsv(end - row, from.cols, CV_8UC3, scratch);
            mapStrip(from.rowRange(row, end), to.rowRange(row, end), hsv, tables);
        }
    });
}

int32_t apus_cv_grey(apus_cv_image source, apus_cv_image destination) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        CV_Assert(from.channels() >= 3);
        cv::cvtColor(from, to, from.channels() == 3 ? cv::COLOR_RGB2GRAY : cv::COLOR_RGBA2GRAY);
    });
}

int32_t apus_cv_clahe(apus_cv_image source, apus_cv_image destination, double clip_limit, int32_t tiles) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        const auto equalizer = cv::createCLAHE(clip_limit, cv::Size(tiles, tiles));
        if (from.channels() == 1) return equalizer->apply(from, to);
        CV_Assert(from.channels() == 3);
        cv::Mat lab, lightness;
        cv::cvtColor(from, lab, cv::COLOR_RGB2Lab);
        cv::extractChannel(lab, lightness, 0);
        equalizer->apply(lightness, lightness);
        cv::insertChannel(lightness, lab, 0);
        cv::cvtColor(lab, to, cv::COLOR_Lab2RGB);
    });
}
