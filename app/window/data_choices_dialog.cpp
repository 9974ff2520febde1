// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/data_choices_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QPushButton>

#include "app/window/panel_parts.h"

namespace monge {

namespace {

QComboBox* boxOf(const std::vector<std::string>& names, const std::string& suggested) {
  auto* box = new QComboBox;
  for (const std::string& name : names)
    box->addItem(QString::fromStdString(name), QString::fromStdString(name));
  box->setCurrentIndex(qMax(0, box->findData(QString::fromStdString(suggested))));
  return box;
}

}  // namespace

DataChoicesDialog::DataChoicesDialog(const QString& file, const DataChoices& choices, QWidget* parent)
    : QDialog(parent) {
  setWindowTitle(tr("Open data"));
  auto* form = new QFormLayout(this);
  form->addRow(mutedLabel(tr("%1 can be read in several ways.").arg(QFileInfo(file).fileName())));
  if (choices.arrays.size() > 1) {
    m_array = boxOf(choices.arrays, choices.suggested.array);
    m_array->setObjectName(QStringLiteral("dataArray"));
    form->addRow(tr("Points"), m_array);
  }
  if (!choices.labels.empty()) {
    m_labels = boxOf(choices.labels, choices.suggested.labels);
    m_labels->insertItem(0, tr("None"), QString());
    if (choices.suggested.labels.empty()) m_labels->setCurrentIndex(0);
    m_labels->setObjectName(QStringLiteral("dataLabels"));
    form->addRow(tr("Labels"), m_labels);
  }
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Open | QDialogButtonBox::Cancel);
  buttons->button(QDialogButtonBox::Open)->setDefault(true);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  form->addRow(buttons);
}

ReadOptions DataChoicesDialog::options() const {
  const auto chosen = [](const QComboBox* box) {
    return box ? box->currentData().toString().toStdString() : std::string();
  };
  return {chosen(m_labels), chosen(m_array)};
}

}  // namespace monge
