#include "tests/parity/outcome.h"

#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace parity {
namespace {

constexpr const char* kArgv = "argv";
constexpr const char* kJvm = "jvm";

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out += c;
    }
  }
  return out;
}

std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    out += text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i];
  }
  return out;
}

std::vector<std::string> argv_of(const Outcome& outcome) {
  std::vector<std::string> argv;
  for (const auto& [name, value] : outcome.facts)
    if (name == kArgv) argv.push_back(value);
  return argv;
}

std::map<std::string, std::string> others_of(const Outcome& outcome) {
  std::map<std::string, std::string> others;
  for (const auto& [name, value] : outcome.facts)
    if (name != kArgv) others[name] = value;
  return others;
}

/// The elements of `left` that `right` lacks, counted, in order.
std::vector<std::string> lacking(const std::vector<std::string>& left,
                                 const std::vector<std::string>& right) {
  std::multiset<std::string> there(right.begin(), right.end());
  std::vector<std::string> missing;
  for (const std::string& element : left) {
    if (const auto found = there.find(element); found != there.end()) {
      there.erase(found);
    } else {
      missing.push_back(element);
    }
  }
  return missing;
}

std::vector<std::string> without(std::vector<std::string> from,
                                 const std::vector<std::string>& gone) {
  for (const std::string& element : gone) from.erase(std::find(from.begin(), from.end(), element));
  return from;
}

}  // namespace

std::string Outcome::serialized() const {
  std::string text;
  for (const auto& [name, value] : facts) text += escaped(name) + '\t' + escaped(value) + '\n';
  return text;
}

Outcome Outcome::parse(const std::string& text) {
  Outcome outcome;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t tab = line.find('\t');
    if (tab != std::string::npos)
      outcome.add(unescaped(line.substr(0, tab)), unescaped(line.substr(tab + 1)));
  }
  return outcome;
}

std::vector<std::string> differences(const Outcome& stock, const Outcome& esboot) {
  std::vector<std::string> lines;
  const auto left = others_of(stock);
  const auto right = others_of(esboot);
  if (const auto stock_jvm = left.find(kJvm), esboot_jvm = right.find(kJvm);
      stock_jvm != left.end() && esboot_jvm != right.end() &&
      stock_jvm->second != esboot_jvm->second) {
    for (const char* const name : {kJvm, "exit"})
      lines.push_back(std::string(name) + ": stock " + left.at(name) + ", esboot " +
                      right.at(name));
    return lines;  // whatever else the one server was given follows from this
  }
  const auto stock_argv = argv_of(stock);
  const auto esboot_argv = argv_of(esboot);
  const auto only_stock = lacking(stock_argv, esboot_argv);
  const auto only_esboot = lacking(esboot_argv, stock_argv);
  for (const std::string& element : only_stock) lines.push_back("argv: stock " + element);
  for (const std::string& element : only_esboot) lines.push_back("argv: esboot " + element);
  if (without(stock_argv, only_stock) != without(esboot_argv, only_esboot))
    lines.emplace_back("argv: order");
  // What is on disk after a start that reached no server is a matter of its own.
  const auto jvm = left.find(kJvm);
  const std::string when =
      jvm != left.end() && jvm->second == "not started" ? "after a refusal, " : "";
  for (const auto& [name, value] : left) {
    const auto other = right.find(name);
    if (other == right.end()) {
      lines.push_back((name.starts_with("file ") ? when : "") + name + ": stock " + value);
    } else if (other->second != value) {
      lines.push_back(name + ": stock " + value + ", esboot " + other->second);
    }
  }
  for (const auto& [name, value] : right)
    if (!left.contains(name)) lines.push_back(name + ": esboot " + value);
  return lines;
}

bool is_declared(const std::string& line, const std::vector<DeclaredDifference>& declared,
                 const launcher::Version& version, std::set<std::string>* used) {
  for (const DeclaredDifference& difference : declared) {
    if (!difference.covers(version) || difference.put_aside_bytes != 0) continue;
    if (fnmatch(difference.pattern.c_str(), line.c_str(), 0) != 0) continue;
    used->insert(difference.reason);
    return true;
  }
  return false;
}

}  // namespace parity
