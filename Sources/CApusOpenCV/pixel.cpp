#include "guard.hpp"

#include <opencv2/imgproc.hpp>

#include <cmath>
#include <vector>

namespace {

cv::Mat plane(uint8_t *elements, int32_t width, int32_t height) { return cv::Mat(height, width, CV_8U, elements); }

/// Every second number of `places` is a row.
std::vector<cv::Point> points(const int32_t *places, int32_t count) {
    std::vector<cv::Point> result;
    for (int32_t i = 0; i < count; i++) result.emplace_back(places[2 * i], places[2 * i + 1]);
    return result;
}

template <typename Body>
int32_t drawn(Body body) noexcept {
    try {
        body();
        return 0;
    } catch (const std::exception &error) {
        apus::remember(error.what());
    }
    return 1;
}

/// Drops of rain on a lens out of a layer of liquid: its edges, far and near, in relief.
cv::Mat relief(const cv::Mat &liquid) {
    cv::Mat edges, distance;
    cv::Canny(liquid, edges, 50, 150);
    edges = 255 - edges;
    cv::distanceTransform(edges, distance, cv::DIST_L2, 5);
    cv::threshold(distance, distance, 20, 20, cv::THRESH_TRUNC);
    cv::GaussianBlur(distance, distance, cv::Size(3, 3), 1, 1, cv::BORDER_REPLICATE);
    // Albumentations equalizes 255 times the distance, so that everything far from an edge is white.
    cv::Mat whole, fraction;
    distance.convertTo(whole, CV_8U, 255);
    cv::equalizeHist(whole, whole);
    whole.convertTo(fraction, CV_32F, 1.0 / 255);
    const float kernel[9] = {-2, -1, 0, -1, 1, 1, 0, 1, 2};
    cv::filter2D(fraction, fraction, -1, cv::Mat(3, 3, CV_32F, const_cast<float *>(kernel)));
    fraction = cv::min(cv::max(fraction, 0), 1);
    cv::GaussianBlur(fraction, fraction, cv::Size(5, 5), 1.5, 1.5, cv::BORDER_REPLICATE);
    return fraction;
}

}  // namespace

int32_t apus_cv_median_raster(apus_cv_raster source, apus_cv_raster destination, int32_t side) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) { cv::medianBlur(from, to, side); });
}

int32_t apus_cv_box_raster(apus_cv_raster source, apus_cv_raster destination, int32_t side) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        cv::blur(from, to, cv::Size(side, side));
    });
}

int32_t apus_cv_gaussian_raster(
    apus_cv_raster source, apus_cv_raster destination, int32_t side, double sigma, int32_t border) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        cv::GaussianBlur(from, to, cv::Size(side, side), sigma, sigma, border);
    });
}

int32_t apus_cv_clahe_raster(
    apus_cv_raster source, apus_cv_raster destination, double clip_limit, int32_t tiles_x, int32_t tiles_y) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        const auto equalizer = cv::createCLAHE(clip_limit, cv::Size(tiles_x, tiles_y));
        if (from.channels() == 1) return equalizer->apply(from, to);
        cv::Mat lab, lightness;
        cv::cvtColor(from, lab, cv::COLOR_RGB2Lab);
        cv::extractChannel(lab, lightness, 0);
        equalizer->apply(lightness, lightness);
        cv::insertChannel(lightness, lab, 0);
        cv::cvtColor(lab, to, cv::COLOR_Lab2RGB);
    });
}

int32_t apus_cv_lightness(apus_cv_raster source, apus_cv_raster destination) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        cv::Mat lab;
        cv::cvtColor(from, lab, cv::COLOR_RGB2Lab);
        cv::extractChannel(lab, to, 0);
    });
}

int32_t apus_cv_equalize_luma(apus_cv_raster source, apus_cv_raster destination, const uint8_t *table) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        cv::Mat converted, luma;
        cv::cvtColor(from, converted, cv::COLOR_RGB2YCrCb);
        cv::extractChannel(converted, luma, 0);
        if (table == nullptr) cv::equalizeHist(luma, luma);
        else cv::LUT(luma, cv::Mat(1, 256, CV_8U, const_cast<uint8_t *>(table)), luma);
        cv::insertChannel(luma, converted, 0);
        cv::cvtColor(converted, to, cv::COLOR_YCrCb2RGB);
    });
}

int32_t apus_cv_luma(apus_cv_raster source, apus_cv_raster destination) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        cv::Mat converted;
        cv::cvtColor(from, converted, cv::COLOR_RGB2YCrCb);
        cv::extractChannel(converted, to, 0);
    });
}

int32_t apus_cv_resample(apus_cv_raster source, apus_cv_raster destination, int32_t interpolation) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        cv::resize(from, to, to.size(), 0, 0, interpolation);
    });
}

int32_t apus_cv_resample_by(apus_cv_raster source, apus_cv_raster destination, double scale, int32_t interpolation) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        cv::resize(from, to, cv::Size(), scale, scale, interpolation);
    });
}

int32_t apus_cv_remap_plane(
    apus_cv_raster source, apus_cv_raster destination, const float *x, const float *y, int32_t interpolation) {
    return apus::guarded(source, destination, [&](const cv::Mat &from, cv::Mat &to) {
        const cv::Mat columns(to.size(), CV_32F, const_cast<float *>(x)), rows(to.size(), CV_32F, const_cast<float *>(y));
        cv::remap(from, to, columns, rows, interpolation, cv::BORDER_REPLICATE);
    });
}

int32_t apus_cv_draw_lines(
    uint8_t *elements, int32_t width, int32_t height, int32_t channels, const int32_t *ends, int32_t count,
    const uint8_t *color, int32_t thickness, int32_t connectivity) {
    return drawn([&] {
        cv::Mat canvas(height, width, CV_8UC(channels), elements);
        const cv::Scalar paint(color[0], color[1], color[2]);
        for (int32_t i = 0; i < count; i++, ends += 4)
            cv::line(canvas, {ends[0], ends[1]}, {ends[2], ends[3]}, paint, thickness, connectivity);
    });
}

int32_t apus_cv_fill_polygon(
    uint8_t *elements, int32_t width, int32_t height, const int32_t *places, int32_t count, uint8_t value) {
    return drawn([&] {
        cv::Mat canvas = plane(elements, width, height);
        cv::fillPoly(canvas, std::vector<std::vector<cv::Point>>{points(places, count)}, cv::Scalar(value));
    });
}

int32_t apus_cv_fill_convex(
    uint8_t *elements, int32_t width, int32_t height, const int32_t *places, int32_t count, uint8_t value) {
    return drawn([&] {
        cv::Mat canvas = plane(elements, width, height);
        cv::fillConvexPoly(canvas, points(places, count), cv::Scalar(value));
    });
}

int32_t apus_cv_rain_on_lens(const float *liquid, int32_t width, int32_t height, float *drops) {
    return drawn([&] {
        cv::Mat whole(height, width, CV_8U);
        const cv::Mat layer(height, width, CV_32F, const_cast<float *>(liquid));
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                whole.at<uint8_t>(y, x) =
                    static_cast<uint8_t>(std::min(std::max(layer.at<float>(y, x) * 255, 0.0f), 255.0f));
        const cv::Mat distance = relief(whole);
        float most = 0;
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                const float value = static_cast<float>(whole.at<uint8_t>(y, x)) * distance.at<float>(y, x);
                drops[static_cast<size_t>(y) * width + x] = value;
                most = std::max(most, value);
            }
        for (size_t i = 0; i < static_cast<size_t>(width) * height && most > 0; i++) drops[i] /= most;
    });
}
