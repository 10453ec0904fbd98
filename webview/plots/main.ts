import { provideVSCodeDesignSystem, vsCodeButton, vsCodeCheckbox } from '@vscode/webview-ui-toolkit';
import type { PlotsHost, PlotsPage } from '../../src/protocol/pageMessages';
import { connectToHost } from '../host';
import './plots.css';
import type { PlotsState } from './plotsModel';
import { PlotsView } from './plotsView';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox());

const host = connectToHost<PlotsPage, PlotsHost, PlotsState>({
  append: ({ folder, event }) => view.change(model => model.append(folder, event)),
  update: run => view.change(model => model.update(run)),
  remove: folder => view.change(model => model.remove(folder)),
  show: folders => view.change(model => (model.chosen = folders)),
});
const view: PlotsView = new PlotsView(host);
document.body.append(view.element);
void view.fill();
