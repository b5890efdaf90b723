#pragma once

#include <fstream>
#include <string>

namespace test_support {

/// The date in UTC, as 2026-01-31.
[[nodiscard]] std::string today();

/// The short name of the commit that is checked out, "unknown" where git cannot tell.
[[nodiscard]] std::string commit();

/// A page below docs/reports, written by the tests themselves to the file that an environment
/// variable names; where it names none, nothing is written.
class Report {
 public:
  /// The page begins with the title; who wrote it, with date and commit; and `opening`.
  Report(const char* variable, const std::string& title, const std::string& written_by,
         const std::string& opening);
  void line(const std::string& text);

 private:
  std::ofstream out_;
};

}  // namespace test_support
