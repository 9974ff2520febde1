// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <atomic>
#include <memory>

#include "app/window/transport/render_transport.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace monge {

class FigureForm;
class FigurePreview;

/// Everything that leaves a moment of transport: pictures with a live preview, meshes, numbers; and the
/// command that does the same. Drawing and writing happen on worker threads with values of their own.
class TransportExportDialog : public QDialog {
  Q_OBJECT
 public:
  /// @param initial  its rule is the moment's own
  TransportExportDialog(TransportSnapshotPtr moment, TransportFigure initial, QWidget* parent = nullptr);
  ~TransportExportDialog() override;

  /// What the command names: the folder or the preset that the moment is of. Without it, the preset of the
  /// moment's name, or DIR.
  void setSource(const QString& what);
  /// What is chosen now.
  TransportFigure figure() const;
  QString format() const;
  QString command() const;

  /// Writes without asking for a name; one of the signals tells the end.
  void writeTo(const QString& file);
  bool isWriting() const { return m_job != nullptr; }
  /// Gives up what is being drawn. A file that is being written already is finished: it is whole or not
  /// there.
  void cancel();

 signals:
  void exported(const QString& file);
  void failed(const QString& message);
  void cancelled();

 protected:
  void reject() override;

 private:
  enum class Stage { Drawing, Writing, Cancelled };
  using Job = std::shared_ptr<std::atomic<Stage>>;
  static QString writeInWorker(const QString& file, const TransportSnapshotPtr& moment,
                               const TransportFigure& figure, const Job& job);

  QWidget* makeControls();
  QWidget* makeCommandRow();
  QWidget* makeButtons();
  void viewChanged();
  void changed();
  void showPreview();
  void chooseFile();
  void finish(const QString& file, const QString& problem);
  void setBusy(bool busy);
  bool giveUp();
  void showCommand();

  TransportSnapshotPtr m_moment;
  TransportFigure m_start;
  QString m_source, m_file;
  FigurePreview* m_preview;
  FigureForm* m_form;
  QWidget* m_controls;
  QComboBox *m_view, *m_format, *m_colour;
  QCheckBox* m_trueHeights;
  QLineEdit* m_command;
  QLabel* m_status;
  QPushButton *m_save, *m_close;
  Job m_job;  ///< null while nothing is written
};

}  // namespace monge
