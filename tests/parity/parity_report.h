#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/parity/parity_run.h"

namespace parity {

/// Counts by behaviour and version.
class ParityReport {
 public:
  /// Every behaviour of `cases` gets a row, also one that nothing ran of.
  explicit ParityReport(const std::vector<ParityCase>& cases);
  void add(const std::string& version, const Comparison& comparison);
  /// Cases of that version that were not compared, and why.
  void skip(const std::string& version, std::size_t cases, const std::string& reason);

  /// One line for each version.
  [[nodiscard]] std::string counts() const;
  /// Markdown: date, commit, the table behaviour x version, the empty cells by name, and every
  /// declared difference that showed.
  [[nodiscard]] std::string text() const;

 private:
  struct Cell {
    int same = 0;
    int declared = 0;
    int undeclared = 0;
  };
  [[nodiscard]] std::string table() const;
  [[nodiscard]] std::string empty_cells() const;

  std::size_t cases_in_all_;
  std::set<std::string> behaviours_;
  std::vector<std::string> versions_;
  std::map<std::pair<std::string, std::string>, Cell> cells_;  ///< by behaviour and version
  std::map<std::string, std::map<std::string, int>> reasons_;  ///< how often, by version
  std::string skipped_;
};

}  // namespace parity
