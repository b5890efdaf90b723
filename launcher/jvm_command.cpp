#include "launcher/jvm_command.h"

#include <algorithm>

#include "base/paths.h"

namespace launcher {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;

bool applies(OptionCondition when, const JvmCommandInput& input, bool processors_set) {
  const int java = input.jdk.major;
  switch (when) {
    case OptionCondition::kAlways:
      return true;
    case OptionCondition::kJavaFrom21:
      return java >= 21;
    case OptionCondition::kJavaFrom23:
      return java >= 23;
    case OptionCondition::kJavaBefore23:
      return java < 23;
    case OptionCondition::kJavaFrom24:
      return java >= 24;
    case OptionCondition::kJavaBefore24:
      return java < 24;
    case OptionCondition::kJava22Early:
      return input.jdk.early_22;
    case OptionCondition::kDocker:
      return input.installation.distribution_type == "docker";
    case OptionCondition::kProcessors:
      return processors_set;
  }
  return false;
}

/// Whether node.processors matters to the launcher; else only the server looks at it.
bool has_option_for_processors(const VersionFacts& facts) {
  return std::any_of(facts.system_options.begin(), facts.system_options.end(), [](const auto& run) {
    return std::any_of(run.begin(), run.end(), [](const SystemOption& option) {
      return option.when == OptionCondition::kProcessors;
    });
  });
}

using Replacements = std::map<std::string, std::string, std::less<>>;

std::string filled_in(std::string_view text, const Replacements& values) {
  std::string out;
  while (true) {
    const std::size_t open = text.find('{');
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) return out.append(text);
    const auto value = values.find(text.substr(open + 1, close - open - 1));
    out.append(text.substr(0, open));
    if (value != values.end()) out.append(value->second);
    text.remove_prefix(close + 1);
  }
}

/// <home>/lib/platform/<os>-<arch>, in front of the JVM's default library path.
std::string platform_path(const std::string& home) {
#if defined(__aarch64__)
  const std::string platform = "linux-aarch64";
#else
  const std::string platform = "linux-x64";
#endif
  return home + "/lib/platform/" + platform +
         ":/usr/java/packages/lib:/usr/lib64:/lib64:/lib:/usr/lib";
}

std::vector<std::string> system_options(const JvmCommandInput& input,
                                        const std::optional<int>& processors) {
  const std::string& type = input.installation.distribution_type;
  const Replacements values{
      {"home", input.installation.home},
      {"type", type},
      {"java_type", input.jdk.type},
      {"java", std::to_string(input.jdk.major)},
      {"logs", type == "deb" || type == "rpm" ? "/var/log/elasticsearch" : "logs"},
      {"bridge", input.entitlement_bridge},
      {"platform", platform_path(input.installation.home)},
      {"processors", std::to_string(processors.value_or(0))}};
  std::vector<std::string> options;
  for (const auto& run : input.installation.facts->system_options)
    for (const SystemOption& option : run)
      if (applies(option.when, input, processors.has_value()))
        options.push_back(filled_in(option.text, values));
  return options;
}

/// The heap that the server gets, and the options for it where the user gave none.
struct HeapDecision {
  std::vector<std::string> options;
  std::uint64_t heap_bytes = 0;
  std::uint64_t direct_heap_bytes = 0;
  std::string explanation;
};

base::Result<HeapDecision> decide_heap(const JvmCommandInput& input, const JvmFlags& flags) {
  HeapDecision heap;
  if (flags.heap_set) {
    // The ergonomics ask for the roles too, so a role that does not exist is refused all the same.
    if (input.installation.facts->search_role_ergonomics) BASE_CHECK(node_class(input.settings));
    heap.heap_bytes = heap.direct_heap_bytes = flags.max_heap_bytes;
    heap.explanation = "heap: as the JVM options say, a maximum of " +
                       std::to_string(flags.max_heap_bytes / kMiB) + " MiB";
    return heap;
  }
  BASE_TRY(const auto stated, stated_memory(input.options));
  MemoryLimit memory = stated.value_or(input.memory);
  if (input.installation.facts->knows_memory_overhead) {
    BASE_TRY(memory, without_overhead(std::move(memory), input.options));
  }
  NodeClass node = NodeClass::kUnknown;
  if (input.installation.facts->heap_from_all_settings) {
    BASE_TRY(node, node_class(input.settings));
  } else {
    node = node_class_of_yml(input.yml);
  }
  const std::uint64_t mib = heap_mib(node, memory.bytes);
  heap.explanation = explain_heap(node, memory, mib);
  heap.options = {"-Xms" + std::to_string(mib) + "m", "-Xmx" + std::to_string(mib) + "m"};
  heap.heap_bytes = heap.direct_heap_bytes = mib * kMiB;
  if (input.installation.facts->heap_flag_is_aligned && flags.use_g1)
    heap.direct_heap_bytes = align_g1_heap(heap.heap_bytes, flags.region_size_bytes);
  return heap;
}

void append(std::vector<std::string>* to, const std::vector<std::string>& more) {
  to->insert(to->end(), more.begin(), more.end());
}

/// The environment of the server: the caller's, without ES_TMPDIR and ES_JAVA_OPTS where the stock
/// launcher takes them away, with what its scripts export (behaviour page 1.1, 1.2, 2.5).
std::map<std::string, std::string> server_environment(const JvmCommandInput& input) {
  auto variables = input.environment.variables;
  // The stock script looks for a value: an empty variable stays.
  const auto ignore = [&](const std::string& name) {
    if (!input.environment.get(name).empty()) variables.erase(name);
  };
  ignore("JAVA_TOOL_OPTIONS");
  if (input.installation.facts->ignores_java_options) ignore("_JAVA_OPTIONS");
  for (const char* const secret_file : {"ELASTIC_PASSWORD_FILE", "KEYSTORE_PASSWORD_FILE"})
    variables.erase(secret_file);
  variables.try_emplace("LIBFFI_TMPDIR", input.temp_directory);
  const bool clears = input.installation.facts->clears_environment;
  if (clears) {
    variables.erase("ES_TMPDIR");
    variables.erase("ES_JAVA_OPTS");
  }
  const std::map<std::string, std::string> of_script{
      {"ES_HOME", input.installation.home},
      {"ES_PATH_CONF", input.config_directory},
      {"ES_DISTRIBUTION_TYPE", input.installation.distribution_type},
      {"JAVA", input.jdk.java_as_named},
      {"JAVA_TYPE", input.jdk.type},
      {"CDPATH", ""}};
  // A variable that the script assigns is exported where the caller has exported it.
  for (const auto& [name, value] : of_script)
    if ((clears && name != "CDPATH") || variables.contains(name)) variables[name] = value;
  return variables;
}

}  // namespace

base::Result<std::string> find_entitlement_bridge(const std::string& home) {
  const std::string directory = home + "/lib/entitlement-bridge";
  if (!base::path_exists(directory)) return std::string();
  const auto names = base::list_directory(directory).value_or(std::vector<std::string>{});
  if (names.size() != 1)
    return base::Error{
        base::ErrorKind::kInternal,
        directory + " holds " + std::to_string(names.size()) + " files instead of one jar",
        "reinstall Elasticsearch", 0};
  return "lib/entitlement-bridge/" + names.front();
}

base::Result<JvmCommand> make_jvm_command(const JvmCommandInput& input) {
  std::optional<int> processors;
  if (has_option_for_processors(*input.installation.facts)) {
    BASE_TRY(processors, processor_count(input.settings, input.available_processors));
  }
  auto flags = derive_jvm_flags(input.options);
  if (!flags) {
    // Relative paths in the options are those of the JVM that stock asks, and so of the server.
    const bool in_home = input.installation.facts->working_directory == WorkingDirectory::kHome;
    BASE_TRY(flags, ask_jvm_flags(input.jdk.java, input.options,
                                  in_home ? input.installation.home : std::string()));
  }
  BASE_TRY(const HeapDecision heap, decide_heap(input, *flags));
  JvmCommand command;
  command.program = input.jdk.java;
  command.arguments = system_options(input, processors);
  for (const JvmOption& option : input.options) command.arguments.push_back(option.text);
  append(&command.arguments, heap.options);
  command.heap_explanation = heap.explanation;
  append(&command.arguments, ergonomic_options(*flags, heap.heap_bytes, heap.direct_heap_bytes,
                                               input.settings, *input.installation.facts));
  append(&command.arguments, input.apm_options);
  const std::string type = "-Des.distribution.type=" + input.installation.distribution_type;
  if (std::find(command.arguments.begin(), command.arguments.end(), type) ==
      command.arguments.end())
    command.arguments.push_back(type);
  // The stock JVM takes it from its working directory, which it knows without symbolic links.
  append(&command.arguments, {"--module-path", base::real_path(input.installation.home) + "/lib"});
  for (const std::string_view module : input.installation.facts->added_modules)
    command.arguments.emplace_back(module);
  append(&command.arguments,
         {"-m", "org.elasticsearch.server/org.elasticsearch.bootstrap.Elasticsearch"});
  command.environment = server_environment(input);
  command.working_directory = input.installation.facts->working_directory == WorkingDirectory::kLogs
                                  ? input.logs_directory
                                  : input.installation.home;
  return command;
}

}  // namespace launcher
