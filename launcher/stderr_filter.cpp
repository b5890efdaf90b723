#include "launcher/stderr_filter.h"

namespace launcher {
namespace {

constexpr char kReadyMarker = 0x18;
constexpr std::string_view kVectorWarning =
    "WARNING: Using incubator modules: jdk.incubator.vector";
constexpr std::string_view kZoneWarningHead = "WARNING: Use of the three-letter time zone ID ";
constexpr std::string_view kZoneWarningTail =
    " is deprecated and it will be removed in a future release";

bool common_front(std::string_view a, std::string_view b) {
  const std::size_t size = a.size() < b.size() ? a.size() : b.size();
  return a.substr(0, size) == b.substr(0, size);
}

}  // namespace

bool StderrFilter::may_be_dropped() const {
  const std::string_view held(held_, held_size_);
  if (held_size_ == kMaxHeld) return false;
  if (rules_.drop_vector_warning && held.size() <= kVectorWarning.size() &&
      common_front(held, kVectorWarning))
    return true;
  return rules_.drop_timezone_warning && common_front(held, kZoneWarningHead);
}

bool StderrFilter::is_dropped() const {
  const std::string_view held(held_, held_size_);
  if (rules_.drop_vector_warning && held == kVectorWarning) return true;
  return rules_.drop_timezone_warning && held.starts_with(kZoneWarningHead) &&
         held.ends_with(kZoneWarningTail);
}

void StderrFilter::end_line(Sink sink, void* context) {
  const bool dropped = line_ == Line::kDropping || (line_ == Line::kUndecided && is_dropped());
  if (!dropped) {
    if (held_size_ > 0) sink(context, {held_, held_size_});
    sink(context, "\n");
  }
  held_size_ = 0;
  line_ = Line::kUndecided;
}

void StderrFilter::take(char byte, Sink sink, void* context) {
  if (line_ == Line::kUndecided && held_size_ == 0 && byte == kReadyMarker) {
    ready_seen_ = true;
    line_ = Line::kDropping;
  }
  if (line_ == Line::kDropping) return;
  if (held_size_ == kMaxHeld) {
    sink(context, {held_, held_size_});
    held_size_ = 0;
  }
  held_[held_size_++] = byte;
  if (line_ == Line::kUndecided && !may_be_dropped()) line_ = Line::kPassing;
}

void StderrFilter::feed(std::string_view bytes, Sink sink, void* context) {
  for (const char byte : bytes) {
    const bool second_half = after_return_ && byte == '\n';
    after_return_ = byte == '\r';
    if (second_half) continue;
    if (byte == '\n' || byte == '\r')
      end_line(sink, context);
    else
      take(byte, sink, context);
  }
  if (line_ == Line::kPassing && held_size_ > 0) {
    sink(context, {held_, held_size_});
    held_size_ = 0;
  }
}

void StderrFilter::finish(Sink sink, void* context) {
  if (line_ != Line::kDropping && held_size_ > 0 && !is_dropped())
    sink(context, {held_, held_size_});
  held_size_ = 0;
}

}  // namespace launcher
