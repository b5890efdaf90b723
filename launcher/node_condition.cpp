#include "launcher/node_condition.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/paths.h"
#include "certgen/http_store.h"
#include "launcher/certs_site.h"
#include "launcher/secret_sources.h"

namespace launcher {
namespace {

constexpr std::size_t kMaxPemBytes = std::size_t{1} << 20U;
constexpr const char* kJournal = ".esboot-journal";

std::string prefix_of(const std::string& layer) {
  return "xpack.security." + layer + ".ssl.";
}

std::string absolute(const NodeSite& site, const std::string& path) {
  return path.starts_with('/') ? path : site.config_directory + "/" + path;
}

/// What this program or the stock launcher leaves when it is cut off (behaviour page 4.2 to 4.5).
bool is_leftover(const std::string& name) {
  if (name.ends_with(".esboot-new") || name == "elasticsearch.keystore.tmp") return true;
  const bool ours = name.starts_with("certs.") || name.starts_with("elasticsearch.yml.");
  return (ours && name.ends_with(".tmp")) ||
         (name.starts_with("elasticsearch.keystore.") && name.ends_with(".orig"));
}

void set(LayerCondition* layer, LayerState state, std::string detail) {
  layer->state = state;
  layer->detail = std::move(detail);
}

LayerState state_of(const base::Error& error) {
  return error.kind == base::ErrorKind::kData ? LayerState::kWrongPassword : LayerState::kBroken;
}

void examine_store(const NodeCondition& node, const std::string& path, LayerCondition* layer) {
  const std::string name = prefix_of(layer->name) + "keystore.secure_password";
  if (base::facts_of(path).type == base::FileType::kMissing)
    return set(layer, LayerState::kMissingFile, path + " is missing");
  const auto entry = node.keystore.entries.find(name);
  if (entry == node.keystore.entries.end())
    return set(layer, LayerState::kNoPassword, "the keystore has no entry " + name);
  auto entries = open_store({layer->name, path, entry->second.clone()});
  if (!entries) return set(layer, state_of(entries.error()), entries.error().message);
  layer->rows = rows_of(layer->name, entries.value());
  layer->state = LayerState::kSound;
  if (layer->name != "http") return;
  const auto found = certgen::find_http_identities(std::move(entries).value());
  if (found.ok()) layer->ca_pem = certgen::certificate_pem(found.value().ca.certificate).value();
}

/// The truststore is a file of its own as far as the settings go, with a password of its own.
void examine_truststore(const NodeCondition& node, LayerCondition* layer) {
  const std::string prefix = prefix_of(layer->name) + "truststore.";
  const auto path = text_setting(node.settings.settings, prefix + "path");
  if (!path || layer->state != LayerState::kSound) return;
  const std::string file = absolute(node.site, *path);
  if (base::facts_of(file).type == base::FileType::kMissing)
    return set(layer, LayerState::kMissingFile, file + " is missing");
  const auto entry = node.keystore.entries.find(prefix + "secure_password");
  if (entry == node.keystore.entries.end())
    return set(layer, LayerState::kNoPassword,
               "the keystore has no entry " + prefix + "secure_password");
  const auto entries = open_store({layer->name, file, entry->second.clone()});
  if (!entries) set(layer, state_of(entries.error()), entries.error().message);
}

void examine_pem(const NodeCondition& node, const std::string& certificate_path,
                 LayerCondition* layer) {
  layer->pem_files = true;
  const Settings& settings = node.settings.settings;
  const std::string key_path =
      absolute(node.site, text_setting(settings, prefix_of(layer->name) + "key").value_or("key"));
  std::vector<std::string> files{certificate_path, key_path};
  for (const std::string& ca :
       list_setting(settings, prefix_of(layer->name) + "certificate_authorities"))
    files.push_back(absolute(node.site, ca));
  for (const std::string& file : files)
    if (base::facts_of(file).type == base::FileType::kMissing)
      return set(layer, LayerState::kMissingFile, file + " is missing");
  const auto pem = base::read_file(certificate_path, kMaxPemBytes);
  auto chain = pem.ok() ? certgen::parse_certificates_pem(pem.value())
                        : base::Result<std::vector<certgen::Certificate>>(pem.error());
  if (!chain)
    return set(layer, LayerState::kBroken, certificate_path + ": " + chain.error().message);
  const auto key_pem = base::read_secret_file(key_path, kMaxPemBytes);
  const auto key = key_pem.ok() ? certgen::parse_private_key_pem(key_pem.value())
                                : base::Result<certgen::PrivateKey>(key_pem.error());
  // A key under a passphrase is the server's to open.
  const bool own_form = key.ok();
  if (own_form && !certgen::belongs_to(chain.value().front(), key.value()))
    return set(layer, LayerState::kBroken, key_path + " is not the key of " + certificate_path);
  std::vector<certgen::StoreEntry> entries;
  entries.push_back({layer->name, certgen::PrivateKey(), std::move(chain).value()});
  layer->rows = rows_of(layer->name, entries);
  layer->state = LayerState::kSound;
}

LayerCondition examine_layer(const NodeCondition& node, const std::string& name) {
  LayerCondition layer;
  layer.name = name;
  const Settings& settings = node.settings.settings;
  layer.enabled = text_setting(settings, prefix_of(name) + "enabled") == "true";
  const auto store = text_setting(settings, prefix_of(name) + "keystore.path");
  const auto certificate = text_setting(settings, prefix_of(name) + "certificate");
  if (store) {
    examine_store(node, absolute(node.site, *store), &layer);
    examine_truststore(node, &layer);
  } else if (certificate) {
    examine_pem(node, absolute(node.site, *certificate), &layer);
  }
  return layer;
}

void add_file(const std::string& path, bool secret, NodeCondition* node) {
  base::FileFacts facts = base::facts_of(path);
  if (facts.type != base::FileType::kMissing) node->files.push_back({path, facts, secret});
}

void examine_files(NodeCondition* node) {
  const std::string& directory = node->site.config_directory;
  node->directory_facts = base::facts_of(directory);
  add_file(node->site.yml_path(), false, node);
  add_file(node->site.keystore_path(), true, node);
  add_file(directory + "/" + kPasswordFileName, true, node);
  add_file(directory + "/" + kKibanaPasswordFileName, true, node);
  const std::string certs = directory + "/certs";
  add_file(certs, true, node);
  for (const std::string& name : base::list_directory(certs).value_or(std::vector<std::string>{})) {
    add_file(certs + "/" + name, name.ends_with(".p12") || name.ends_with(".key"), node);
    // A renewal is a commit in this directory.
    if (name == kJournal || name.ends_with(".esboot-new")) node->interrupted_commit = true;
  }
  for (const std::string& name :
       base::list_directory(directory).value_or(std::vector<std::string>{})) {
    if (name == kJournal) node->interrupted_commit = true;
    if (is_leftover(name)) node->leftovers.push_back(name);
  }
  std::sort(node->leftovers.begin(), node->leftovers.end());
}

base::Result<void> read_settings(const Request& request, NodeCondition* node) {
  BASE_TRY(node->settings, load_settings(node->site, request.options, request.environment));
  BASE_TRY(const base::Secret password,
           secret_of_variable("KEYSTORE_PASSWORD", request.secrets.keystore_password,
                              request.environment));
  BASE_TRY(node->keystore, open_node_keystore(node->site.keystore_path(), password,
                                              node->site.installation.facts->keystore_format));
  return {};
}

}  // namespace

NodeCondition examine(const NodeSite& site, const Request& request) {
  NodeCondition node;
  node.site = site;
  node.now = base::now();
  examine_files(&node);
  if (auto read = read_settings(request, &node); !read) {
    node.unreadable = std::move(read).error();
    return node;
  }
  for (const std::string& path :
       data_directories(node.settings.settings, node.site.installation.home))
    node.has_data =
        node.has_data || !base::list_directory(path).value_or(std::vector<std::string>{}).empty();
  for (const char* const layer : {"http", "transport"})
    node.layers.push_back(examine_layer(node, layer));
  return node;
}

}  // namespace launcher
