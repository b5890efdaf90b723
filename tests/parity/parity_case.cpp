#include "tests/parity/parity_case.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>

#include "base/text.h"

namespace parity {
namespace {

launcher::Version minor_version(const std::string& text) {
  const auto version = launcher::parse_version(text + ".0");
  if (!version) throw std::runtime_error("not a version: " + text);
  return *version;
}

/// Splits at the first space, or at `mark`.
std::pair<std::string, std::string> halves(const std::string& text, const std::string& mark = " ") {
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) return {text, ""};
  return {text.substr(0, at), text.substr(at + mark.size())};
}

std::vector<VersionRange> version_ranges(const std::string& text) {
  std::vector<VersionRange> ranges;
  for (const std::string& part : base::split(text, ',')) {
    if (part == "all") {
      ranges.emplace_back();
      continue;
    }
    const auto [first, last] = halves(part, "-");
    ranges.push_back({minor_version(first), minor_version(last.empty() ? first : last)});
  }
  return ranges;
}

/// "VERSIONS :: PATTERN :: REASON"
DeclaredDifference declared_difference(const std::string& line) {
  const auto [versions, rest] = halves(line, " :: ");
  const auto [pattern, reason] = halves(rest, " :: ");
  if (reason.empty()) throw std::runtime_error("a difference without a reason: " + line);
  const std::string put_aside = "memory put aside ";
  if (pattern.starts_with(put_aside))
    return {version_ranges(versions), "", reason, std::stoull(pattern.substr(put_aside.size()))};
  return {version_ranges(versions), pattern, reason, 0};
}

/// The same, where the versions may be left out for all of them.
DeclaredDifference difference_of_case(const std::string& text) {
  const bool has_versions = text.find(" :: ") != text.rfind(" :: ");
  return declared_difference(has_versions ? text : "all :: " + text);
}

using Directive = void (*)(ParityCase& to, const std::string& rest);

Preparation preparation(Preparation::Kind kind, const std::string& rest) {
  const auto [path, text] = halves(rest);
  return {kind, path, text};
}

struct NamedDirective {
  std::string_view name;
  Directive apply;
};

using Kind = Preparation::Kind;

constexpr std::array kDirectives{
    NamedDirective{"arg",
                   [](ParityCase& to, const std::string& rest) { to.arguments.push_back(rest); }},
    NamedDirective{
        "env",
        [](ParityCase& to, const std::string& rest) { to.environment.insert(halves(rest, "=")); }},
    NamedDirective{"unset",
                   [](ParityCase& to, const std::string& rest) { to.unset.push_back(rest); }},
    NamedDirective{"yml", [](ParityCase& to, const std::string& rest) { to.yml += rest + "\n"; }},
    NamedDirective{"raw-yml", [](ParityCase& to, const std::string&) { to.yml.clear(); }},
    NamedDirective{"file",
                   [](ParityCase& to, const std::string& rest) {
                     to.preparations.push_back({Kind::kFile, rest, ""});
                   }},
    NamedDirective{"|",
                   [](ParityCase& to, const std::string& rest) {
                     if (to.preparations.empty()) throw std::runtime_error("a line of which file?");
                     to.preparations.back().text += rest + "\n";
                   }},
    NamedDirective{"dir",
                   [](ParityCase& to, const std::string& rest) {
                     to.preparations.push_back(preparation(Kind::kDirectory, rest));
                   }},
    NamedDirective{"link",
                   [](ParityCase& to, const std::string& rest) {
                     to.preparations.push_back(preparation(Kind::kLink, rest));
                   }},
    NamedDirective{"remove",
                   [](ParityCase& to, const std::string& rest) {
                     to.preparations.push_back(preparation(Kind::kRemove, rest));
                   }},
    NamedDirective{"mode",
                   [](ParityCase& to, const std::string& rest) {
                     to.preparations.push_back(preparation(Kind::kMode, rest));
                   }},
    NamedDirective{"type",
                   [](ParityCase& to, const std::string& rest) { to.distribution_type = rest; }},
    NamedDirective{"keystore",
                   [](ParityCase& to, const std::string& rest) {
                     to.has_keystore = true;
                     to.keystore_passphrase = rest;
                   }},
    NamedDirective{"secret",
                   [](ParityCase& to, const std::string& rest) {
                     to.has_keystore = true;
                     to.secrets.insert(halves(rest));
                   }},
    NamedDirective{"bundled", [](ParityCase& to, const std::string&) { to.bundled_jdk = true; }},
    NamedDirective{
        "java", [](ParityCase& to, const std::string& rest) { to.java_major = std::stoi(rest); }},
    NamedDirective{"memory",
                   [](ParityCase& to, const std::string& rest) { to.memory = std::stoull(rest); }},
    NamedDirective{
        "outer-memory",
        [](ParityCase& to, const std::string& rest) { to.outer_memory = std::stoull(rest); }},
    NamedDirective{"exact-stdout",
                   [](ParityCase& to, const std::string&) { to.exact_stdout = true; }},
    NamedDirective{"type-secret",
                   [](ParityCase& to, const std::string& rest) {
                     to.on_terminal = true;
                     to.typed = rest;
                   }},
    NamedDirective{"input",
                   [](ParityCase& to, const std::string& rest) { to.input += rest + "\n"; }},
    NamedDirective{"script",
                   [](ParityCase& to, const std::string& rest) { to.script += rest + "\n"; }},
    NamedDirective{"raw-script", [](ParityCase& to, const std::string&) { to.script.clear(); }},
    NamedDirective{"from", [](ParityCase& to, const std::string& rest) { to.directory = rest; }},
    NamedDirective{"in", [](ParityCase& to, const std::string& rest) { to.program = rest; }},
    NamedDirective{
        "since",
        [](ParityCase& to, const std::string& rest) { to.versions.first = minor_version(rest); }},
    NamedDirective{
        "until",
        [](ParityCase& to, const std::string& rest) { to.versions.last = minor_version(rest); }},
    NamedDirective{"differs", [](ParityCase& to, const std::string& rest) {
                     to.differences.push_back(difference_of_case(rest));
                   }}};

void apply_line(const std::string& line, ParityCase* to) {
  const auto [word, rest] = halves(line);
  for (const NamedDirective& directive : kDirectives)
    if (directive.name == word) return directive.apply(*to, rest);
  throw std::runtime_error("unknown word: " + word);
}

}  // namespace

bool VersionRange::contains(const launcher::Version& version) const {
  const launcher::Version minor{version.major, version.minor, 0};
  return first <= minor && minor <= last;
}

bool DeclaredDifference::covers(const launcher::Version& version) const {
  return std::any_of(versions.begin(), versions.end(),
                     [&](const VersionRange& range) { return range.contains(version); });
}

std::vector<ParityCase> parse_cases(const std::string& text, const std::string& behaviour) {
  std::vector<ParityCase> cases;
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    try {
      if (line.starts_with('=')) {
        ParityCase next;
        next.behaviour = behaviour;
        next.core = line.starts_with("=*");
        next.name = base::trim(line.substr(next.core ? 2 : 1));
        cases.push_back(next);
      } else {
        if (cases.empty()) throw std::runtime_error("belongs to no case");
        apply_line(line, &cases.back());
        if (!line.starts_with("differs")) cases.back().source += line + "\n";
      }
    } catch (const std::runtime_error& fault) {
      throw std::runtime_error(behaviour + " line " + std::to_string(number) + ": " + fault.what());
    }
  }
  return cases;
}

std::vector<DeclaredDifference> parse_differences(const std::string& text) {
  std::vector<DeclaredDifference> differences;
  for (const std::string& line : base::split(text, '\n'))
    if (!line.empty() && !line.starts_with('#')) differences.push_back(declared_difference(line));
  return differences;
}

}  // namespace parity
