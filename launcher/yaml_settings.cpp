#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <set>
#include <sstream>

#include "base/text.h"
#include "launcher/settings.h"

namespace launcher {
namespace {

constexpr std::size_t kMaxYamlBytes = std::size_t{64} << 20U;
constexpr std::size_t kMaxSettings = 2'000'000;  // what aliases may blow a file up to
constexpr int kMaxDepth = 100;
constexpr const char* kBinaryTag = "tag:yaml.org,2002:binary";  // !!binary

bool is_null(const YAML::Node& node) {
  if (node.IsNull()) return true;
  if (!node.IsScalar() || node.Tag() != "?") return false;
  const std::string& text = node.Scalar();
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

/// A plain scalar that YAML 1.1 reads as a boolean is normalised, as the server's own parser does
/// it (seen with 9.5.3).
std::string scalar_text(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() != "?") return text;
  for (const char* const yes : {"True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})
    if (text == yes) return "true";
  for (const char* const no : {"False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
    if (text == no) return "false";
  return text;
}

class Flattener {
 public:
  explicit Flattener(const std::string& source) : source_(source) {}

  base::Result<Settings> flatten(const YAML::Node& root) {
    if (!root.IsDefined() || is_null(root)) return Settings{};
    if (!root.IsMap()) return error_at(root, "is not a map of settings");
    BASE_CHECK(add(root, "", 0));
    return std::move(settings_);
  }

 private:
  base::Error error_at(const YAML::Node& node, const std::string& what) const {
    const YAML::Mark mark = node.Mark();
    std::string place = source_;
    if (!mark.is_null())
      place +=
          " line " + std::to_string(mark.line + 1) + " column " + std::to_string(mark.column + 1);
    return {base::ErrorKind::kInternal, place + " " + what, "correct that line", 0};
  }

  base::Result<void> add(const YAML::Node& node, const std::string& key, int depth) {
    if (depth > kMaxDepth) return error_at(node, "is nested too deeply");
    if (node.IsMap()) return add_map(node, key, depth);
    if (node.IsSequence()) return add_list(node, key);
    if (is_null(node)) return error_at(node, "gives no value to " + key);
    if (node.Tag() == kBinaryTag) return error_at(node, "gives bytes instead of a text to " + key);
    return store(node, key, scalar_text(node));
  }

  base::Result<void> add_map(const YAML::Node& node, const std::string& key, int depth) {
    std::set<std::string> names;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) return error_at(entry.first, "has a key that is not a text");
      const std::string& name = entry.first.Scalar();
      if (!names.insert(name).second)
        return error_at(entry.first,
                        "sets " + (key.empty() ? name : key + "." + name) + " a second time");
      BASE_CHECK(add(entry.second, key.empty() ? name : key + "." + name, depth + 1));
    }
    return {};
  }

  base::Result<void> add_list(const YAML::Node& node, const std::string& key) {
    std::vector<std::string> items;
    for (const auto& item : node) {
      if (!item.IsScalar() || is_null(item))
        return error_at(item.IsDefined() ? item : node,
                        "has a list item that is not a text in " + key);
      items.push_back(scalar_text(item));
    }
    return store(node, key, std::move(items));
  }

  base::Result<void> store(const YAML::Node& node, const std::string& key, SettingValue value) {
    if (settings_.size() >= kMaxSettings) return error_at(node, "has too many settings");
    // The same setting may be spelled flat and nested; the later one counts (seen with 9.5.3).
    settings_.insert_or_assign(key, std::move(value));
    return {};
  }

  const std::string& source_;
  Settings settings_;
};

/// Takes no notice of what it is told.
class NoHandler : public YAML::EventHandler {
  using Mark = YAML::Mark;
  using Anchor = YAML::anchor_t;
  using Style = YAML::EmitterStyle::value;
  void OnDocumentStart(const Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const Mark&, Anchor) override {}
  void OnAlias(const Mark&, Anchor) override {}
  void OnScalar(const Mark&, const std::string&, Anchor, const std::string&) override {}
  void OnSequenceStart(const Mark&, const std::string&, Anchor, Style) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const Mark&, const std::string&, Anchor, Style) override {}
  void OnMapEnd() override {}
};

/// Whether there is anything after the first document. yaml-cpp takes a stray ',' for documents
/// without end, so they are not to be loaded, nor counted.
bool has_second_document(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  NoHandler nobody;
  return parser.HandleNextDocument(nobody) && parser.HandleNextDocument(nobody);
}

}  // namespace

base::Result<Settings> parse_yaml_settings(const std::string& text, const std::string& source) {
  if (text.size() > kMaxYamlBytes)
    return base::Error{base::ErrorKind::kInternal, source + " is too large", "", 0};
  if (!base::is_utf8(text))
    return base::Error{base::ErrorKind::kInternal, source + " is not UTF-8 text",
                       "save it as UTF-8", 0};
  try {
    if (has_second_document(text))
      return base::Error{base::ErrorKind::kInternal, source + " holds more than one YAML document",
                         "remove the line '---' between them, or a ',' where no list is", 0};
    return Flattener(source).flatten(YAML::Load(text));
  } catch (const YAML::Exception& broken) {
    std::string place = source;
    if (!broken.mark.is_null())
      place += " line " + std::to_string(broken.mark.line + 1) + " column " +
               std::to_string(broken.mark.column + 1);
    return base::Error{base::ErrorKind::kInternal, place + " is not valid YAML: " + broken.msg,
                       "correct that line", 0};
  }
}

}  // namespace launcher
