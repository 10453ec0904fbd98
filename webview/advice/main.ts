import { provideVSCodeDesignSystem, vsCodeButton } from '@vscode/webview-ui-toolkit';
import type { AdviceContent, AdviceHost } from '../../src/protocol/adviceMessages';
import { connectToHost } from '../host';
import './advice.css';
import { AdviceView } from './adviceView';

provideVSCodeDesignSystem().register(vsCodeButton());

const view = new AdviceView(connectToHost<object, AdviceHost, AdviceContent>({}));
document.body.append(view.element);
void view.fill();
