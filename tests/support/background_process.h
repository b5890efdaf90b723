#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace test_support {

/// A program that runs while the test goes on; ended with SIGKILL where the test forgets it.
class BackgroundProcess {
 public:
  struct Request {
    std::vector<std::string> argv;
    std::map<std::string, std::string> environment;  ///< all of it, nothing is inherited
    std::string directory = "/";
    std::string out_file = "/dev/null";
    std::string err_file = "/dev/null";
    std::function<void()> before_exec;  ///< runs in the child
  };
  explicit BackgroundProcess(const Request& request);
  ~BackgroundProcess();
  BackgroundProcess(const BackgroundProcess&) = delete;
  BackgroundProcess& operator=(const BackgroundProcess&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;
  /// The raw wait status, or nullopt where it still runs after `limit`.
  std::optional<int> wait(std::chrono::milliseconds limit);
  /// The most memory that it held at once, in KiB, with what it was before an exec: never less than
  /// the test program itself held when it forked. Known at its end.
  [[nodiscard]] long peak_kib() const { return peak_kib_; }

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
  long peak_kib_ = 0;
};

/// Asks every 20 ms until `condition` holds. False: it did not within `limit`.
bool eventually(const std::function<bool()>& condition,
                std::chrono::milliseconds limit = std::chrono::seconds(10));

}  // namespace test_support
