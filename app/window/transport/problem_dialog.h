// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <cstdint>
#include <optional>
#include <string>

#include "app/window/transport/transport_documents.h"
#include "core/snapshot/transport_snapshot.h"

class QComboBox;
class QDialogButtonBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace monge {

/// What a person asks of a transport problem; Keep is what is open.
struct ProblemWords {
  enum class Points { Keep, File, Random };
  Points points = Points::File;
  std::string pointsFile;
  int count = 500;         ///< of random points
  std::uint64_t seed = 1;  ///< of random points
  enum class Domain { Keep, Around, Square, DiscAround, File };
  Domain domain = Domain::Around;
  std::string domainFile;
  enum class Density { Keep, Uniform, Gaussian, File };
  Density density = Density::Uniform;
  double sigma = 0;  ///< of a Gaussian; 0 for a quarter of the domain's smaller extent
  std::string densityFile;
  enum class Masses { Keep, Equal, File };
  Masses masses = Masses::Equal;
  std::string massesFile;
};

/// What those words mean. Reads the files they name; any thread.
/// @param open  what Keep keeps; null where nothing is open
/// @throws Error naming the file or field, what was found and what was expected
TransportDocument documentOf(const ProblemWords& words, const TransportDocument* open);

/// Asks for points, domain, density and masses. What is wrong with them is said in the dialog, which stays.
class ProblemDialog : public QDialog {
  Q_OBJECT
 public:
  /// @param open  the problem that is open, without a value where none is; its points can be kept
  explicit ProblemDialog(std::optional<TransportDocument> open, QWidget* parent = nullptr);

  ProblemWords words() const;
  /// Of the last words that made sense.
  const TransportDocument& document() const { return m_document; }
  bool keepsPoints() const;
  bool keepsDensity() const;

  void accept() override;

 private:
  struct Choice {
    QComboBox* box = nullptr;
    QLineEdit* file = nullptr;
    int fileIndex = 0;
  };
  Choice addChoice(QFormLayout& form, const QString& name, const QString& head, const QStringList& choices,
                   const QString& filter);
  void showFields();

  std::optional<TransportDocument> m_open;
  TransportDocument m_document;
  Choice m_points, m_domain, m_density, m_masses;
  QSpinBox *m_count, *m_seed;
  QDoubleSpinBox* m_sigma;
  QLabel* m_problem;
  QDialogButtonBox* m_buttons;
};

}  // namespace monge
