#include "guard.hpp"

#include <opencv2/imgproc.hpp>

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
