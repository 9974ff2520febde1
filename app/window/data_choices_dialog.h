// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "core/data/choices.h"

class QComboBox;

namespace monge {

/// Asks what a data file leaves to choose: which of its arrays are the points, which column holds labels.
class DataChoicesDialog : public QDialog {
  Q_OBJECT
 public:
  DataChoicesDialog(const QString& file, const DataChoices& choices, QWidget* parent = nullptr);

  /// What is chosen now.
  ReadOptions options() const;

 private:
  QComboBox* m_array = nullptr;  ///< null when there is one at most
  QComboBox* m_labels = nullptr;
};

}  // namespace monge
