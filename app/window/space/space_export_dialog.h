// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/output_dialog.h"
#include "app/window/space/render_space.h"

namespace monge {

/// What leaves cells in space, of transport and of generators.
class SpaceExportDialog : public OutputDialog {
  Q_OBJECT
 public:
  /// @param initial  what is shown, and from where
  SpaceExportDialog(SpaceSnapshotPtr moment, SpaceFigure initial, QWidget* parent = nullptr);

  /// What is chosen now.
  SpaceFigure figure() const;

 protected:
  views::FigureSpec page() const override { return figure().spec; }
  views::PagePainter painter() const override;
  std::function<std::string(const QString& file)> writer() const override;
  QString commandFor(const QString& source, const QString& file) const override;
  QString baseName() const override { return QStringLiteral("cells"); }
  void enableControls() override;

 private:
  SpaceSnapshotPtr m_moment;
  SpaceFigure m_start;
  QComboBox* m_colour;
};

}  // namespace monge
