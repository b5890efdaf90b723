#include "tests/parity/parity_report.h"

#include <algorithm>

#include "base/text.h"
#include "tests/support/report.h"

namespace parity {

using test_support::commit;
using test_support::today;

ParityReport::ParityReport(const std::vector<ParityCase>& cases) : cases_in_all_(cases.size()) {
  for (const ParityCase& each : cases) behaviours_.insert(each.behaviour);
}

void ParityReport::add(const std::string& version, const Comparison& comparison) {
  if (std::find(versions_.begin(), versions_.end(), version) == versions_.end())
    versions_.push_back(version);
  Cell& cell = cells_[{comparison.parity_case->behaviour, version}];
  if (!comparison.undeclared.empty()) {
    ++cell.undeclared;
  } else if (!comparison.reasons.empty()) {
    ++cell.declared;
  } else {
    ++cell.same;
  }
  for (const std::string& reason : comparison.reasons) ++reasons_[reason][version];
}

void ParityReport::skip(const std::string& version, std::size_t cases, const std::string& reason) {
  skipped_ += "* " + version + ": " + std::to_string(cases) + " cases, " + reason + "\n";
}

std::string ParityReport::counts() const {
  std::string text;
  for (const std::string& version : versions_) {
    Cell sum;
    for (const auto& [key, cell] : cells_) {
      if (key.second != version) continue;
      sum.same += cell.same;
      sum.declared += cell.declared;
      sum.undeclared += cell.undeclared;
    }
    text += "parity with " + version + ": " +
            std::to_string(sum.same + sum.declared + sum.undeclared) + " cases, " +
            std::to_string(sum.same) + " the same, " + std::to_string(sum.declared) +
            " with declared differences only, " + std::to_string(sum.undeclared) + " differ\n";
  }
  return text;
}

std::string ParityReport::table() const {
  std::string text = "| behaviour |";
  std::string rule = "\n|---|";
  for (const std::string& version : versions_) {
    text += " " + version + " |";
    rule += "---|";
  }
  text += rule + "\n";
  for (const std::string& behaviour : behaviours_) {
    text += "| " + behaviour + " |";
    for (const std::string& version : versions_) {
      const auto cell = cells_.find({behaviour, version});
      if (cell == cells_.end()) {
        text += " – |";
        continue;
      }
      const Cell& found = cell->second;
      text += " " + std::to_string(found.same + found.declared + found.undeclared);
      if (found.undeclared > 0) text += " (" + std::to_string(found.undeclared) + " differ)";
      text += " |";
    }
    text += "\n";
  }
  return text;
}

std::string ParityReport::empty_cells() const {
  std::string text;
  for (const std::string& behaviour : behaviours_) {
    std::string without;
    for (const std::string& version : versions_)
      if (!cells_.contains({behaviour, version})) without += " " + version;
    if (!without.empty()) text += "* " + behaviour + ":" + without + "\n";
  }
  return text.empty() ? "None.\n" : text;
}

std::string ParityReport::text() const {
  std::string text =
      "# Compared with the stock launcher\n\nMade by `./dev parity` on " + today() + " at commit " +
      commit() +
      ". Each case starts the stock `bin/elasticsearch` of that version and esboot "
      "on identical copies, with a JDK that records what the server is given. There are " +
      std::to_string(cases_in_all_) +
      " cases; a version that has fewer below is one that the others are no cases "
      "of, or whose stock side was not run for them.\n\n";
  for (const std::string& line : base::split(counts(), '\n'))
    if (!line.empty()) text += "* " + line + "\n";
  text += "\n## Cases by behaviour and version\n\n" + table() + "\nEmpty cells:\n\n" +
          empty_cells() + "\nNot compared:\n\n" + (skipped_.empty() ? "Nothing.\n" : skipped_) +
          "\n## Declared differences that showed\n\n";
  for (const auto& [reason, by_version] : reasons_) {
    text += "* " + reason + " (cases:";
    for (const auto& [version, count] : by_version)
      text += " " + version + " " + std::to_string(count) + ";";
    text.back() = ')';
    text += "\n";
  }
  return text;
}

}  // namespace parity
