#include "guard.hpp"

#include <opencv2/core/utility.hpp>
#include <opencv2/core/utils/logger.hpp>

#include <cstdio>

namespace {

thread_local char message[512] = "";

/// Before the first call: no threads of OpenCV's own, and errors reach the caller only through the message.
const bool isPrepared = [] {
    cv::setNumThreads(1);
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    cv::redirectError([](int, const char *, const char *, const char *, int, void *) { return 0; });
    return true;
}();

}  // namespace

void apus::remember(const char *text) noexcept { std::snprintf(message, sizeof message, "%s", text); }

const char *apus_cv_message(void) { return message; }

const char *apus_cv_version(void) { return CV_VERSION; }

int32_t apus_cv_thread_count(void) { return isPrepared ? cv::getNumThreads() : 0; }
