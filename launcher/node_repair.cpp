#include "launcher/node_repair.h"
#include "launcher/configuration_lock.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/change_set.h"
#include "base/paths.h"
#include "launcher/certs_renewal.h"
#include "launcher/configuration.h"
#include "launcher/security_plan.h"
#include "launcher/yml_block.h"

namespace launcher {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{256} << 20U;
constexpr mode_t kPrivateDirectory = 0700;
constexpr mode_t kPrivateFile = 0600;
constexpr mode_t kOthers = 07;
constexpr mode_t kOwnerReadsAndWrites = 0600;
constexpr mode_t kOwnerEnters = 0700;

/// Copies the regular files among `names` that can be read.
base::Result<base::DirectoryChange> copies(const std::string& name, const std::string& directory,
                                           const std::vector<std::string>& names) {
  base::DirectoryChange change{name, kPrivateDirectory, {}, "older"};
  for (const std::string& each : names) {
    const base::FileFacts facts = base::facts_of(directory + "/" + each);
    if (facts.type != base::FileType::kRegular || !facts.readable) continue;
    BASE_TRY(base::Secret bytes, base::read_secret_file(directory + "/" + each, kMaxFileBytes));
    change.files.push_back({each, std::move(bytes), kPrivateFile, false});
  }
  return change;
}

base::Result<base::Secret> sealed(NodeKeystore* keystore, const NodeCondition& node) {
  return seal_node_keystore(keystore, node.site.installation.facts->keystore_format);
}

NodeKeystore copy_of(const NodeKeystore& original) {
  NodeKeystore copy;
  copy.on_disk = original.on_disk;
  for (const auto& [name, value] : original.entries) copy.entries.emplace(name, value.clone());
  copy.passphrase = original.passphrase.clone();
  return copy;
}

base::Result<void> finish_commits(const NodeCondition& node) {
  const std::string certs = node.site.config_directory + "/certs";
  BASE_CHECK(base::recover(node.site.config_directory));
  return base::is_directory(certs) ? base::recover(certs) : base::Result<void>();
}

base::Result<void> remove_leftovers(const NodeCondition& node) {
  base::ChangeSet changes;
  changes.directory = node.site.config_directory;
  for (const std::string& name : node.leftovers) changes.moves.push_back({name, ""});
  return commit_change(changes);
}

base::Result<void> restore_block(const NodeCondition& node) {
  const std::string yml = node.settings.yml.value_or("");
  const auto format = certgen::StoreFormat::kPkcs12;
  base::ChangeSet changes;
  changes.directory = node.site.config_directory;
  changes.files.push_back(
      {"elasticsearch.yml",
       base::Secret::copy_of(
           node.has_data
               ? with_existing_block(yml, node.settings.settings, node.now, format,
                                     TlsScope::kHttpAndTransport)
               : with_security_block(yml, node.settings.settings, node.now, format, nullptr)),
       0660, false});
  return commit_change(changes);
}

base::Result<void> forget_entries(const NodeCondition& node) {
  NodeKeystore keystore = copy_of(node.keystore);
  for (const char* const name : {kHttpPassword, kTransportPassword, kTransportTrustPassword}) {
    const std::string text(name);
    if (!node.settings.settings.contains(text.substr(0, text.rfind('.')) + ".path"))
      keystore.entries.erase(text);
  }
  base::ChangeSet changes;
  changes.directory = node.site.config_directory;
  BASE_TRY(base::Secret file, sealed(&keystore, node));
  changes.files.push_back({"elasticsearch.keystore", std::move(file), 0660, false});
  return commit_change(changes);
}

/// A layer that works keeps its files and passwords.
base::Result<void> keep_layer(const NodeCondition& node, const LayerCondition& layer,
                              SecurityPlan* plan) {
  const std::string certs = node.site.config_directory + "/certs";
  auto& files = plan->changes.directories.front().files;
  const auto is_of_layer = [&](const std::string& name) { return name.starts_with(layer.name); };
  std::erase_if(files, [&](const base::FileChange& file) { return is_of_layer(file.name); });
  std::vector<std::string> names;
  for (std::string& name : base::list_directory(certs).value_or(std::vector<std::string>{}))
    if (is_of_layer(name)) names.push_back(std::move(name));
  BASE_TRY(auto kept, copies("", certs, names));
  for (base::FileChange& file : kept.files) {
    file.mode = base::facts_of(certs + "/" + file.name).mode;
    files.push_back(std::move(file));
  }
  for (const auto& [name, value] : node.keystore.entries)
    if (name.starts_with("xpack.security." + layer.name + ".ssl."))
      plan->keystore.entries.insert_or_assign(name, value.clone());
  return {};
}

base::Result<void> remake_certificates(const NodeCondition& node, const Request& request) {
  NodeState state;
  state.site = node.site;
  BASE_TRY(state.settings, load_settings(node.site, request.options, request.environment));
  BASE_TRY(SecurityInput input, security_input(request, state));
  const auto layer = [&](const char* name) -> const LayerCondition& {
    return *std::find_if(node.layers.begin(), node.layers.end(),
                         [&](const LayerCondition& each) { return each.name == name; });
  };
  const bool pem = layer("transport").pem_files;
  input.certificates.format = pem ? certgen::StoreFormat::kPem : certgen::StoreFormat::kPkcs12;
  const TlsScope scope = layer("http").state == LayerState::kUnset ? TlsScope::kTransport
                                                                   : TlsScope::kHttpAndTransport;
  BASE_TRY(SecurityPlan plan, plan_certificates(input, copy_of(node.keystore), scope));
  for (const LayerCondition& each : node.layers)
    if (each.state == LayerState::kSound && check_exit_code(each.rows, 1, node.now) == 0)
      BASE_CHECK(keep_layer(node, each, &plan));
  BASE_TRY(base::Secret file, sealed(&plan.keystore, node));
  plan.changes.files.push_back({"elasticsearch.keystore", std::move(file), 0660, false});
  return commit_change(plan.changes);
}

base::Result<void> renew_http(const NodeCondition& node) {
  BASE_TRY(const auto store, find_store("http", node.site.config_directory, node.settings.settings,
                                        node.keystore.entries));
  if (!store)
    return base::Error{base::ErrorKind::kConfig, "there is no PKCS#12 store for HTTP", "", 0};
  CertsRenewal renewal;
  renewal.now = node.now;
  for (const LayerCondition& layer : node.layers)
    for (const CertsRow& row : layer.rows)
      if (layer.name == "http" && row.facts.is_ca && days_left(row, node.now) < 30)
        renewal.new_ca = true;
  BASE_CHECK(renew_under_lock(*store, renewal));
  return {};
}

base::Result<void> write_ca_file(const NodeCondition& node) {
  base::ChangeSet changes;
  changes.directory = node.site.config_directory + "/certs";
  for (const LayerCondition& layer : node.layers)
    if (!layer.ca_pem.empty())
      changes.files.push_back({"http_ca.crt", base::Secret::copy_of(layer.ca_pem), 0660, false});
  return commit_change(changes);
}

base::Result<void> set_modes(const NodeCondition& node) {
  const base::FileFacts& directory = node.directory_facts;
  for (const FileCondition& file : node.files) {
    if (file.facts.type == base::FileType::kSymlink) continue;
    if (file.facts.uid != directory.uid &&
        lchown(file.path.c_str(), directory.uid, directory.gid) != 0)
      return base::file_error(base::ErrorKind::kNoPermission, "give an owner to", file.path, errno);
    mode_t mode = file.facts.mode;
    if (file.secret) mode &= ~kOthers;
    if ((mode & 0400U) == 0)
      mode |= file.facts.type == base::FileType::kDirectory ? kOwnerEnters : kOwnerReadsAndWrites;
    if (mode != file.facts.mode && chmod(file.path.c_str(), mode) != 0)
      return base::file_error(base::ErrorKind::kNoPermission, "set the mode of", file.path, errno);
  }
  return {};
}

}  // namespace

base::Result<std::string> back_up(const NodeCondition& node) {
  const std::string name = "before-repair." + std::to_string(node.now);
  const std::string& config = node.site.config_directory;
  std::vector<std::string> names = node.leftovers;
  names.insert(names.end(), {"elasticsearch.yml", "elasticsearch.keystore"});
  base::ChangeSet changes;
  changes.directory = config;
  BASE_TRY(auto files, copies(name, config, names));
  BASE_TRY(auto certs,
           copies(name + ".certs", config + "/certs",
                  base::list_directory(config + "/certs").value_or(std::vector<std::string>{})));
  changes.directories.push_back(std::move(files));
  if (!certs.files.empty()) changes.directories.push_back(std::move(certs));
  BASE_CHECK(commit_change(changes));
  return name;
}

base::Result<void> repair(Remedy remedy, const NodeCondition& node, const Request& request) {
  switch (remedy) {
    case Remedy::kFinishCommit:
      return finish_commits(node);
    case Remedy::kRemoveLeftovers:
      return remove_leftovers(node);
    case Remedy::kRestoreBlock:
      return restore_block(node);
    case Remedy::kForgetEntries:
      return forget_entries(node);
    case Remedy::kRemakeCertificates:
      return remake_certificates(node, request);
    case Remedy::kRenewHttp:
      return renew_http(node);
    case Remedy::kWriteCaFile:
      return write_ca_file(node);
    case Remedy::kSetModes:
      return set_modes(node);
    case Remedy::kByHand:
      break;
  }
  return base::Error{base::ErrorKind::kConfig, "this has to be repaired by hand", "", 0};
}

}  // namespace launcher
