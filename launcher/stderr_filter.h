#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace launcher {

/// Which lines of the server's stderr are not for the user (behaviour page 2.6).
struct StderrRules {
  bool drop_vector_warning = false;
  bool drop_timezone_warning = false;
};

/// Takes the ready marker and known JVM warnings out of a stream, line by line; everything else
/// passes at once, with every line end as \n. Needs no heap: it lives in the relay.
class StderrFilter {
 public:
  /// Where what passes goes. A plain function pointer keeps the relay free of allocations.
  using Sink = void (*)(void* context, std::string_view text);

  explicit StderrFilter(StderrRules rules) : rules_(rules) {}

  void feed(std::string_view bytes, Sink sink, void* context);
  /// At the end of the stream: passes what was held back.
  void finish(Sink sink, void* context);
  [[nodiscard]] bool ready_seen() const { return ready_seen_; }

 private:
  enum class Line { kUndecided, kPassing, kDropping };

  void take(char byte, Sink sink, void* context);
  void end_line(Sink sink, void* context);
  [[nodiscard]] bool may_be_dropped() const;
  [[nodiscard]] bool is_dropped() const;

  // The longest line that may be dropped has a zone id in it, which has three letters.
  static constexpr std::size_t kMaxHeld = 256;
  StderrRules rules_;
  Line line_ = Line::kUndecided;
  bool ready_seen_ = false;
  bool after_return_ = false;
  char held_[kMaxHeld]{};
  std::size_t held_size_ = 0;
};

}  // namespace launcher
