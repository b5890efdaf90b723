#pragma once

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"

namespace certgen {

/// Looks for values (of a type that can be empty, a handle) on all cores at once, for searches
/// whose remaining time does not depend on the time already spent: whatever worker is lucky
/// delivers, and none is ever idle.
///
/// The workers block all signals, so that handlers of the process run in its own threads.
template <typename T>
class ParallelSearch {
 public:
  /// Returns an empty T only when `stop` became true.
  using Find = std::function<base::Result<T>(const std::atomic<bool>& stop)>;

  /// One worker for each core, but no more than `most_workers`: each begins with work of its own,
  /// which is for nothing where another is luckier.
  ParallelSearch(Find find, int most_workers) : find_(std::move(find)) {
    const unsigned workers = std::min(std::thread::hardware_concurrency(),
                                      static_cast<unsigned>(std::max(most_workers, 1)));
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (unsigned i = 0; i < std::max(workers, 1U); ++i) {
      try {
        workers_.emplace_back([this] { work(); });
      } catch (const std::system_error&) {
        break;  // A limit on threads: those that started will do, and next() needs none.
      }
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  ~ParallelSearch() { stop(); }
  ParallelSearch(const ParallelSearch&) = delete;
  ParallelSearch& operator=(const ParallelSearch&) = delete;

  /// The next value found, by whichever worker.
  base::Result<T> next() {
    if (workers_.empty()) return find_(stop_);
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return !found_.empty(); });
    base::Result<T> value = std::move(found_.front());
    found_.pop_front();
    return value;
  }

  /// Ends the workers; what they were at is dropped.
  void stop() {
    stop_ = true;
    workers_.clear();
  }

 private:
  void work() {
    while (!stop_) {
      base::Result<T> found = find_(stop_);
      if (found.ok() && !found.value()) return;
      const bool failed = !found.ok();
      const std::lock_guard lock(mutex_);
      found_.push_back(std::move(found));
      arrived_.notify_one();
      if (failed) return;
    }
  }

  Find find_;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<base::Result<T>> found_;
  std::vector<std::jthread> workers_;  // last: they use all of the above
};

}  // namespace certgen
